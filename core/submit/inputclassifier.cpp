// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/inputclassifier.h"

#include "core/formats/notebookinput.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::InputClassifier", text);
}

InputClass skipped(const QString &reason)
{
    return {InputClass::Kind::Skipped, reason, {}, {}, {}};
}

/// Returns a companion, or, for a file that the user named itself, a skipped file.
InputClass companion(bool isNamed, const QString &reason)
{
    return {isNamed ? InputClass::Kind::Skipped : InputClass::Kind::Companion, reason, {}, {}, {}};
}

/// Returns an empty array for a file that cannot be read: executePlan() reports the error.
QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool isDatabase(const QString &path)
{
    static const QRegularExpression database(QStringLiteral("\\.(db|sqlite3?)(-wal|-shm|-journal)?$"));
    return database.match(path).hasMatch();
}

} // namespace

InputClass InputClassifier::classify(const QString &path, bool isNamed) const
{
    const QFileInfo info(path);
    const std::optional<JobType> typeBySuffix = jobTypeForFile(path);
    const std::optional<JobType> type = m_options.type.isEmpty() ? typeBySuffix : jobType(m_options.type);
    const bool isTypeCertain = isNamed || (typeBySuffix && type && typeBySuffix->name == type->name);
    if (!type || !isTypeCertain) {
        if (!isNamed && isDatabase(path))
            return {}; // the database of the queue is usually in the workspace
        const bool isPart = info.suffix().toLower() == QLatin1String("iuml");
        return companion(isNamed, isPart ? tr("a part of diagrams, which include it")
                                         : tr("no converter for this kind of file"));
    }
    const QString format = formatFor(*type);
    if (!type->formats.contains(format))
        return skipped(tr("jobs of type %1 cannot produce the format '%2'").arg(type->name, format));
    if (!info.isReadable())
        return skipped(tr("the file cannot be read"));
    if (info.size() > maxInputBytes)
        return skipped(tr("the file is larger than %1 MB, the limit for an input").arg(maxInputBytes / 1'000'000));
    // The outputs of a drawing do not depend on its content.
    const QByteArray content = type->name == QLatin1String("drawio") ? QByteArray() : readFile(path);
    const bool isScript = type->name == QLatin1String("notebook") && info.suffix().toLower() == QLatin1String("py");
    if (isScript && !isNotebookScript(content)) // it may be a module that notebooks import
        return companion(isNamed, tr("a script without cells: no line begins with '# %%'"));
    return {InputClass::Kind::Input, {}, *type, format, content};
}

QString InputClassifier::formatFor(const JobType &type) const
{
    const QString chosen = m_options.formats.value(type.name, m_options.format);
    return chosen.isEmpty() ? type.formats.value(0) : chosen;
}

} // namespace lifeguard
