// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/clmimport.h"

#include "core/base/secretmasking.h"
#include "core/config/configloader.h"
#include "core/config/poolfields.h"
#include "core/config/yamlwriter.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QSet>

#include <optional>
#include <sstream>

// Errors of the parser are values, not exceptions, and the parser is compiled into this file only.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ClmImport", text);
}

QString fromStd(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

/// Returns the value as text, without secrets and short enough for a line.
QString shown(const toml::node &node, const QString &key)
{
    std::ostringstream stream;
    node.visit([&stream](const auto &each) { stream << each; });
    const QString text = QString::fromStdString(stream.str()).simplified();
    const QString assigned = key.section(u'.', -1) + u'=' + text;
    return maskSecrets(assigned) == assigned ? text.left(60) : QStringLiteral("***");
}

/// Converts one file.
class Importer
{
public:
    explicit Importer(const toml::table &table) : m_table(table) {}

    [[nodiscard]] Result<ClmImport> convert(const QString &path);

private:
    [[nodiscard]] const toml::node *take(const QString &key);
    [[nodiscard]] std::optional<QString> text(const QString &key);
    [[nodiscard]] std::optional<qint64> number(const QString &key);
    void wrongType(const QString &key, const toml::node &node, const QString &allowed);
    void remark(const QString &key, const toml::node &node, const QString &what);

    void addLine(int depth, const QString &key, const QString &value);
    void addGeneral();
    void addRetention();
    void addPools();
    void addPool(const QString &type);
    void addDefaultImage(const QString &key, const QString &type);
    void addMemory(const QString &key, bool isDocker);
    void addRest(const toml::table &table, const QString &path);

    const toml::table &m_table;
    QStringList m_lines;
    QStringList m_remarks;
    QStringList m_errors;
    QSet<QString> m_taken; ///< the paths of the keys that were converted or remarked upon
};

/// Returns the value of a key and marks it as handled; null if the file does not contain it.
const toml::node *Importer::take(const QString &key)
{
    const toml::node *node = m_table.at_path(key.toStdString()).node();
    if (node)
        m_taken.insert(key);
    return node;
}

void Importer::wrongType(const QString &key, const toml::node &node, const QString &allowed)
{
    m_errors.append(tr("%1: Found %2. %3").arg(key, shown(node, key), allowed));
}

void Importer::remark(const QString &key, const toml::node &node, const QString &what)
{
    m_remarks.append(tr("%1 = %2: %3").arg(key, shown(node, key), what));
}

std::optional<QString> Importer::text(const QString &key)
{
    const toml::node *node = take(key);
    if (!node)
        return {};
    if (const auto value = node->value_exact<std::string>())
        return fromStd(*value);
    wrongType(key, *node, tr("Allowed is a text."));
    return {};
}

std::optional<qint64> Importer::number(const QString &key)
{
    const toml::node *node = take(key);
    if (!node)
        return {};
    if (const auto value = node->value_exact<int64_t>())
        return *value;
    wrongType(key, *node, tr("Allowed is a whole number."));
    return {};
}

void Importer::addLine(int depth, const QString &key, const QString &value)
{
    m_lines.append(QString(depth * 2, u' ') + key + u':' + (value.isEmpty() ? QString() : u' ' + value));
}

void Importer::addGeneral()
{
    const std::pair<const char *, const char *> paths[] = {{"database", "paths.jobs_db_path"},
                                                           {"workspace", "paths.workspace_path"}};
    for (const auto &[key, clmKey] : paths) {
        const std::optional<QString> path = text(QString::fromLatin1(clmKey));
        if (path && !path->isEmpty())
            addLine(0, QString::fromLatin1(key), yamlScalar(*path));
    }
    if (const std::optional<QString> level = text(QStringLiteral("logging.log_level"))) {
        const QString name = level->toLower();
        addLine(0, QStringLiteral("log_level"), name == QStringLiteral("critical") ? QStringLiteral("error") : name);
    }
}

void Importer::addRetention()
{
    const std::pair<const char *, const char *> keys[] = {{"completed", "retention.completed_jobs_retention_days"},
                                                          {"failed", "retention.failed_jobs_retention_days"},
                                                          {"events", "retention.worker_events_retention_days"}};
    bool isFirst = true;
    for (const auto &[key, clmKey] : keys) {
        const std::optional<qint64> days = number(QString::fromLatin1(clmKey));
        if (!days)
            continue;
        if (isFirst)
            addLine(0, QStringLiteral("retention"), {});
        isFirst = false;
        addLine(1, QString::fromLatin1(key), QString::number(*days) + u'd');
    }
    const QString cancelled = QStringLiteral("retention.cancelled_jobs_retention_days");
    if (const toml::node *node = take(cancelled))
        remark(cancelled, *node, tr("Lifeguard keeps cancelled jobs as long as failed ones (retention.failed)."));
}

void Importer::addMemory(const QString &key, bool isDocker)
{
    // CLM passes the limit to Docker, and ignores it for processes.
    const toml::node *node = m_table.at_path(key.toStdString()).node();
    const std::optional<QString> given = text(key);
    if (!isDocker) {
        if (node)
            remark(key, *node, tr("CLM does not apply the limit to processes. In Lifeguard, the key memory does."));
        return;
    }
    static const QRegularExpression size(QStringLiteral("\\A([0-9]+)([bkmg]?)b?\\z"),
                                         QRegularExpression::CaseInsensitiveOption);
    const QString limit = given.value_or(QStringLiteral("1g"));
    const QRegularExpressionMatch match = size.match(limit);
    if (!match.hasMatch()) {
        m_errors.append(
            tr("%1: Found '%2'. Allowed are sizes as Docker accepts them, for example 512m.").arg(key, limit));
        return;
    }
    const QString unit = match.captured(2).toUpper();
    addLine(2, QStringLiteral("memory"), match.captured(1) + (unit.isEmpty() ? QStringLiteral("B") : unit));
}

void Importer::addDefaultImage(const QString &key, const QString &type)
{
    const QString image = QStringLiteral("lifeguard-%1:latest").arg(type);
    addLine(2, QStringLiteral("image"), yamlScalar(image));
    m_remarks.append(
        tr("%1 is not set: the pool uses Lifeguard's image %2. To use CLM's, change the key image.").arg(key, image));
}

void Importer::addPool(const QString &type)
{
    const QString path = QStringLiteral("worker_management.") + type + u'.';
    const QString general = QStringLiteral("worker_management.");
    const QString mode =
        text(path + QStringLiteral("execution_mode"))
            .value_or(text(general + QStringLiteral("default_execution_mode")).value_or(QStringLiteral("direct")));
    const qint64 count = number(path + QStringLiteral("count"))
                             .value_or(number(general + QStringLiteral("default_worker_count")).value_or(1));
    const bool isDocker = mode == QStringLiteral("docker");
    addLine(1, yamlScalar(type), {});
    addLine(2, QStringLiteral("count"), QString::number(count));
    addLine(2, QStringLiteral("mode"), yamlScalar(mode));
    const QString imageKey = path + QStringLiteral("image");
    const toml::node *imageNode = m_table.at_path(imageKey.toStdString()).node();
    const std::optional<QString> image = text(imageKey);
    if (image && isDocker)
        addLine(2, QStringLiteral("image"), yamlScalar(*image));
    else if (isDocker)
        addDefaultImage(imageKey, type);
    else if (imageNode)
        remark(imageKey, *imageNode, tr("The workers are processes."));
    addMemory(path + QStringLiteral("memory_limit"), isDocker);
    if (const auto time = number(path + QStringLiteral("max_job_time")))
        addLine(2, QStringLiteral("max_job_time"), QString::number(*time) + u's');
    if (const auto timeout = number(general + QStringLiteral("startup_timeout")))
        addLine(2, QStringLiteral("registration_timeout"), QString::number(*timeout) + u's');
    const std::optional<QString> network = text(general + QStringLiteral("network_name"));
    if (network && !network->isEmpty() && isDocker)
        addLine(2, QStringLiteral("network"), yamlScalar(*network));
}

void Importer::addPools()
{
    addLine(0, QStringLiteral("pools"), {});
    for (const char *type : {"notebook", "plantuml", "drawio"}) // those that CLM starts
        addPool(QString::fromLatin1(type));
    const std::pair<const char *, QString> others[] = {
        {"auto_start", tr("Lifeguard starts the pools of the file when it is started.")},
        {"auto_stop", tr("Lifeguard runs until it is stopped, or with --until-idle.")},
        {"reuse_workers", tr("The key detach keeps workers across a crash of Lifeguard.")},
        {"startup_parallel", tr("Lifeguard starts all workers of a pool at once.")},
        {"max_workers_cap", tr("The key count of each pool is the limit.")}};
    for (const auto &[key, what] : others) {
        const QString path = QStringLiteral("worker_management.") + QString::fromLatin1(key);
        if (const toml::node *node = take(path))
            remark(path, *node, what);
    }
    for (const char *key : {"plantuml_jar", "drawio_executable"}) {
        const QString path = QStringLiteral("external_tools.") + QString::fromLatin1(key);
        const toml::node *node = take(path);
        if (node && !node->value_or(std::string_view()).empty())
            remark(path, *node,
                   tr("Set the variable %1 before Lifeguard is started.").arg(QString::fromLatin1(key).toUpper()));
    }
}

/// Adds remarks for all keys that were not handled.
void Importer::addRest(const toml::table &table, const QString &path)
{
    for (const auto &[key, node] : table) {
        const QString name = fromStd(key.str());
        const QString childPath = path.isEmpty() ? name : path + u'.' + name;
        if (const toml::table *child = node.as_table())
            addRest(*child, childPath);
        else if (!m_taken.contains(childPath))
            remark(childPath, node, tr("There is no counterpart."));
    }
}

Result<ClmImport> Importer::convert(const QString &path)
{
    addGeneral();
    addRetention();
    addPools();
    addRest(m_table, {});
    if (m_errors.isEmpty()) {
        ClmImport import;
        import.yaml = (m_lines.join(u'\n') + u'\n').toUtf8();
        import.remarks = m_remarks;
        const ConfigFileResult parsed = parseConfigFile(import.yaml, path);
        if (parsed)
            return import;
        for (const ConfigFileError &error : parsed.error())
            m_errors.append(error.key + QStringLiteral(": ") + error.message);
    }
    return failure(ErrorCode::InvalidArgument, tr("%1 cannot be imported:").arg(path) + u'\n' + m_errors.join(u'\n'));
}

} // namespace

Result<ClmImport> importClmConfig(const QByteArray &toml, const QString &path)
{
    const toml::parse_result parsed = toml::parse(std::string_view(toml.constData(), size_t(toml.size())));
    if (!parsed) {
        const toml::source_region &place = parsed.error().source();
        return failure(ErrorCode::InvalidArgument, QStringLiteral("%1:%2:%3: %4")
                                                       .arg(path)
                                                       .arg(place.begin.line)
                                                       .arg(place.begin.column)
                                                       .arg(fromStd(parsed.error().description())));
    }
    return Importer(parsed.table()).convert(path);
}

} // namespace lifeguard
