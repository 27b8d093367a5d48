// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/inputclassifier.h"

#include "core/formats/drawioembedding.h"
#include "core/formats/drawiofile.h"
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
    return {InputClass::Kind::Skipped, reason, {}, {}, {}, {}};
}

/// Returns a companion, or, for a file that the user named itself, a skipped file.
InputClass companion(bool isNamed, const QString &reason)
{
    return {isNamed ? InputClass::Kind::Skipped : InputClass::Kind::Companion, reason, {}, {}, {}, {}};
}

/// Returns an empty array for a file that cannot be read: executePlan() reports the error.
QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Returns whether the file contains an input of its type, and not only something else, such as a plain picture.
bool containsInput(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && containsDrawio(file);
}

QStringList pagesOf(const QByteArray &content)
{
    return extractDrawio(content).and_then(drawioPageNames).value_or(QStringList());
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
    const std::optional<JobType> type = typeOf(path, isNamed);
    const std::optional<JobType> container = jobTypeForContainer(path);
    if (container && (!type || type->name == container->name) && info.isReadable() && !containsInput(path))
        return companion(isNamed, tr("this file contains no draw.io diagram"));
    if (!type) {
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
    const QByteArray content = readFile(path);
    if (type->name == QLatin1String("drawio"))
        return {InputClass::Kind::Input, {}, *type, format, {}, pagesOf(content)};
    const bool isScript = type->name == QLatin1String("notebook") && info.suffix().toLower() == QLatin1String("py");
    if (isScript && !isNotebookScript(content)) // it may be a module that notebooks import
        return companion(isNamed, tr("a script without cells: no line begins with '# %%'"));
    return {InputClass::Kind::Input, {}, *type, format, content, {}};
}

/// Returns the type of the jobs for a file if it is certain, or if the file is a container of inputs of that type.
std::optional<JobType> InputClassifier::typeOf(const QString &path, bool isNamed) const
{
    std::optional<JobType> usual = jobTypeForFile(path);
    if (!usual)
        usual = jobTypeForContainer(path);
    if (m_options.type.isEmpty() || (usual && usual->name == m_options.type))
        return usual;
    return isNamed ? jobType(m_options.type) : std::nullopt;
}

QString InputClassifier::formatFor(const JobType &type) const
{
    const QString chosen = m_options.formats.value(type.name, m_options.format);
    return chosen.isEmpty() ? type.formats.value(0) : chosen;
}

} // namespace lifeguard
