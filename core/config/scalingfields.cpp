// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/scalingfields.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

using PeriodField = ConfigField<ScalingPeriod>;
using ScalingField = ConfigField<ScalingConfig>;
using std::chrono::minutes;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ScalingFields", text);
}

PeriodField daysField()
{
    PeriodField result;
    result.key = QStringLiteral("days");
    result.kind = FieldInfo::Kind::Choices;
    result.description = tr("The days on which the period begins; every day if the key is missing");
    for (const Qt::DayOfWeek day :
         {Qt::Monday, Qt::Tuesday, Qt::Wednesday, Qt::Thursday, Qt::Friday, Qt::Saturday, Qt::Sunday})
        result.choices.append(formatWeekday(day));
    result.parseList = [choices = result.choices](ScalingPeriod &period, const QStringList &names) -> Status {
        QList<Qt::DayOfWeek> days;
        for (const QString &name : names) {
            const std::optional<Qt::DayOfWeek> day = parseWeekday(name);
            if (!day)
                return notAChoice(name, choices);
            days.append(*day);
        }
        period.days = days;
        return {};
    };
    result.parse = [parseList = result.parseList](ScalingPeriod &period, const QString &text, Spelling) {
        return parseList(period, text.split(u'+'));
    };
    result.list = [](const ScalingPeriod &period) {
        QStringList names;
        for (const Qt::DayOfWeek day : period.days)
            names.append(formatWeekday(day));
        return names;
    };
    result.format = [list = result.list](const ScalingPeriod &period, Spelling) { return list(period).join(u'+'); };
    return result;
}

PeriodField timeField(const char *key, minutes ScalingPeriod::*member, const QString &description)
{
    PeriodField result;
    result.key = QString::fromLatin1(key);
    result.kind = FieldInfo::Kind::TimeOfDay;
    result.description = description;
    result.parse = [member](ScalingPeriod &period, const QString &text, Spelling) -> Status {
        const std::optional<minutes> time = parseTimeOfDay(text);
        if (!time)
            return failure(ErrorCode::InvalidArgument,
                           tr("'%1' is not a time of day. Allowed are times from 00:00 to 24:00, for example "
                              "08:30.")
                               .arg(text));
        period.*member = *time;
        return {};
    };
    result.format = [member](const ScalingPeriod &period, Spelling) { return formatTimeOfDay(period.*member); };
    return result;
}

const QList<PeriodField> &periodFields()
{
    static const QList<PeriodField> all{
        daysField(), timeField("from", &ScalingPeriod::from, tr("The local time at which the period begins")),
        timeField("to", &ScalingPeriod::to,
                  tr("The local time at which the period ends; if it is before from, on the next day")),
        limited(optionalNumberField("min", &ScalingPeriod::min, QStringLiteral("unchanged"),
                                    tr("The minimum number of workers in the period")),
                poollimits::scalingMin),
        limited(optionalNumberField("max", &ScalingPeriod::max, QStringLiteral("unchanged"),
                                    tr("The maximum number of workers in the period")),
                poollimits::scalingMin)};
    return all;
}

QString formatPeriod(const ScalingPeriod &period)
{
    QStringList words;
    for (const Qt::DayOfWeek day : period.days)
        words.append(formatWeekday(day));
    QString text = words.join(u'+');
    text += (text.isEmpty() ? QString() : QStringLiteral(" ")) + formatTimeOfDay(period.from) + u'-'
          + formatTimeOfDay(period.to);
    if (period.min)
        text += QStringLiteral(" min:") + QString::number(*period.min);
    if (period.max)
        text += QStringLiteral(" max:") + QString::number(*period.max);
    return text;
}

/// Reads one word of a period. Fails if the word has an unknown form, or its value is wrong.
Status parseWord(const QString &word, ScalingPeriod &period)
{
    const auto parse = [&period](qsizetype field, const QString &text) {
        return periodFields().at(field).parse(period, text, Spelling::Current);
    };
    if (word.startsWith(QLatin1String("min:")))
        return parse(3, word.mid(4));
    if (word.startsWith(QLatin1String("max:")))
        return parse(4, word.mid(4));
    if (word.isEmpty() || !word.at(0).isDigit())
        return parse(0, word);
    const Status from = parse(1, word.section(u'-', 0, 0));
    return from ? parse(2, word.section(u'-', 1)) : from;
}

Status parseSchedule(const QString &text, QList<ScalingPeriod> &schedule)
{
    QList<ScalingPeriod> periods;
    for (const QString &part : text.split(u';', Qt::SkipEmptyParts)) {
        ScalingPeriod period;
        for (const QString &word : part.simplified().split(u' ')) {
            if (const Status parsed = parseWord(word, period); !parsed)
                return failure(
                    ErrorCode::InvalidArgument,
                    tr("%1 A period is written like 'mon+tue 08:00-18:00 min:2 max:8'.").arg(parsed.error().message));
        }
        periods.append(period);
    }
    schedule = periods;
    return {};
}

ScalingField scheduleField()
{
    ScalingField result;
    result.key = QStringLiteral("schedule");
    result.kind = FieldInfo::Kind::Sections;
    result.description = tr("Periods in which other limits apply; the first one that includes the present time counts");
    const std::function<ScalingPeriod &(ScalingConfig &)> change = [](ScalingConfig &config) -> ScalingPeriod & {
        return config.schedule.last();
    };
    const std::function<const ScalingPeriod *(const ScalingConfig &)> part = [](const ScalingConfig &config) {
        return config.schedule.isEmpty() ? nullptr : &config.schedule.constLast();
    };
    for (const PeriodField &field : periodFields()) {
        result.fields.push_back(field);
        result.members.push_back(partField(field, change, part));
    }
    result.parse = [](ScalingConfig &config, const QString &text, Spelling) {
        return parseSchedule(text, config.schedule);
    };
    result.format = [](const ScalingConfig &config, Spelling) {
        QStringList periods;
        for (const ScalingPeriod &period : config.schedule)
            periods.append(formatPeriod(period));
        return periods.join(QStringLiteral("; "));
    };
    result.size = [](const ScalingConfig &config) { return config.schedule.size(); };
    result.begin = [](ScalingConfig &config) { config.schedule.append(ScalingPeriod()); };
    return result;
}

} // namespace

const QList<ScalingField> &scalingFields()
{
    using Config = ScalingConfig;
    static const QList<ScalingField> all{
        limited(valueField("min", &Config::min, tr("The minimum number of workers")), poollimits::scalingMin),
        limited(optionalNumberField("max", &Config::max, QStringLiteral("cpus"),
                                    tr("The maximum number of workers; cpus: the number of CPUs")),
                poollimits::scalingMax),
        limited(valueField("target_per_worker", &Config::targetPerWorker,
                           tr("The pending and running jobs for which there is one worker")),
                poollimits::targetPerWorker),
        limited(valueField("scale_up_after", &Config::scaleUpAfter,
                           tr("How long more workers must have been needed before some are started")),
                poollimits::scalingDelay),
        limited(valueField("scale_down_after", &Config::scaleDownAfter,
                           tr("How long fewer workers must have been needed before some leave")),
                poollimits::scalingDelay),
        choiceField("prefer", &Config::prefer, {ExecutionMode::Direct, ExecutionMode::Docker},
                    tr("Which of two pools of the type is filled first")),
        scheduleField()};
    return all;
}

} // namespace lifeguard
