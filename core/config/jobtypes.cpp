// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/jobtypes.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace lifeguard {

namespace {

/// Returns the suffixes of scripts, by the programming language of the notebook's kernel.
const QHash<QString, QString> &scriptSuffixesByLanguage()
{
    static const QHash<QString, QString> suffixes{
        {QStringLiteral("python"), QStringLiteral("py")},     {QStringLiteral("cpp"), QStringLiteral("cpp")},
        {QStringLiteral("csharp"), QStringLiteral("cs")},     {QStringLiteral("java"), QStringLiteral("java")},
        {QStringLiteral("typescript"), QStringLiteral("ts")}, {QStringLiteral("javascript"), QStringLiteral("js")},
        {QStringLiteral("r"), QStringLiteral("r")},           {QStringLiteral("julia"), QStringLiteral("jl")},
        {QStringLiteral("rust"), QStringLiteral("rs")},       {QStringLiteral("bash"), QStringLiteral("sh")},
        {QStringLiteral("octave"), QStringLiteral("m")},      {QStringLiteral("c"), QStringLiteral("c")},
        {QStringLiteral("go"), QStringLiteral("go")},         {QStringLiteral("ruby"), QStringLiteral("rb")},
        {QStringLiteral("scala"), QStringLiteral("scala")},   {QStringLiteral("kotlin"), QStringLiteral("kt")},
        {QStringLiteral("f#"), QStringLiteral("fs")},         {QStringLiteral("powershell"), QStringLiteral("ps1")},
        {QStringLiteral("lua"), QStringLiteral("lua")},       {QStringLiteral("haskell"), QStringLiteral("hs")},
        {QStringLiteral("sql"), QStringLiteral("sql")},       {QStringLiteral("perl"), QStringLiteral("pl")},
        {QStringLiteral("ocaml"), QStringLiteral("ml")},
    };
    return suffixes;
}

/// Returns all suffixes of scripts, with Python's first, because it is the most common one. Includes "txt" (other
/// languages) and "hpp" (C++ headers).
QStringList allScriptSuffixes()
{
    QStringList suffixes = scriptSuffixesByLanguage().values()
                         + QStringList{QStringLiteral("hpp"), QStringLiteral("txt")};
    suffixes.sort();
    suffixes.move(suffixes.indexOf(QStringLiteral("py")), 0);
    return suffixes;
}

} // namespace

const QList<JobType> &jobTypes()
{
    // .iuml files are included by other files and are not diagrams of their own.
    static const QList<JobType> types{
        {QStringLiteral("plantuml"),
         {QStringLiteral("puml"), QStringLiteral("plantuml"), QStringLiteral("pu"), QStringLiteral("wsd")},
         {QStringLiteral("png"), QStringLiteral("svg")},
         {}},
        {QStringLiteral("drawio"),
         {QStringLiteral("drawio"), QStringLiteral("dio")},
         {QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf")},
         {},
         {QStringLiteral("svg"), QStringLiteral("png"), QStringLiteral("html"), QStringLiteral("xml")}},
        // Not every .py file is a notebook in percent format; see core/formats/notebookinput.h.
        {QStringLiteral("notebook"),
         {QStringLiteral("ipynb"), QStringLiteral("py")},
         {QStringLiteral("html"), QStringLiteral("slides"), QStringLiteral("notebook"), QStringLiteral("script"),
          QStringLiteral("markdown")},
         {{QStringLiteral("html"), {QStringLiteral("html"), QStringLiteral("htm")}},
          {QStringLiteral("slides"), {QStringLiteral("slides.html")}},
          {QStringLiteral("notebook"), {QStringLiteral("ipynb")}},
          {QStringLiteral("script"), allScriptSuffixes()},
          {QStringLiteral("markdown"), {QStringLiteral("md"), QStringLiteral("markdown")}}}},
        {QStringLiteral("noop"), {}, {}, {}},
    };
    return types;
}

std::optional<JobType> jobType(const QString &name)
{
    const QList<JobType> &types = jobTypes();
    const auto found = std::find_if(types.cbegin(), types.cend(),
                                    [&](const JobType &type) { return type.name == name; });
    return found == types.cend() ? std::nullopt : std::optional(*found);
}

std::optional<JobType> jobTypeForFile(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    const QList<JobType> &types = jobTypes();
    const auto found = std::find_if(types.cbegin(), types.cend(),
                                    [&](const JobType &type) { return type.inputSuffixes.contains(suffix); });
    return found == types.cend() ? std::nullopt : std::optional(*found);
}

std::optional<JobType> jobTypeForContainer(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    const QList<JobType> &types = jobTypes();
    const auto found = std::find_if(types.cbegin(), types.cend(),
                                    [&](const JobType &type) { return type.containerSuffixes.contains(suffix); });
    return found == types.cend() ? std::nullopt : std::optional(*found);
}

QString outputSuffix(const JobType &type, const QString &format)
{
    return type.suffixes.value(format, {format}).constFirst();
}

QString scriptSuffix(const QString &language)
{
    return scriptSuffixesByLanguage().value(language, QStringLiteral("txt"));
}

QString formatOfOutput(const JobType &type, const QString &outputFile)
{
    const QString name = QFileInfo(outputFile).fileName().toLower();
    QString found;
    qsizetype longest = 0;
    for (const QString &format : type.formats) {
        const QStringList suffixes = type.suffixes.value(format, {format});
        for (const QString &suffix : suffixes) {
            if (suffix.size() > longest && name.endsWith(u'.' + suffix)) {
                found = format;
                longest = suffix.size();
            }
        }
    }
    return found;
}

Result<QString> notebookFormat(const QString &payloadFormat, const QString &outputFormat)
{
    if (payloadFormat.isEmpty())
        return outputFormat;
    const QString format = payloadFormat == QLatin1String("code") ? QStringLiteral("script") : payloadFormat;
    const QStringList formats = jobType(QStringLiteral("notebook"))->formats;
    if (formats.contains(format))
        return format;
    return failure(
        ErrorCode::InvalidArgument,
        QCoreApplication::translate("lifeguard::Notebook",
                                    "Notebooks cannot be converted to the format '%1'. The supported formats are %2.")
            .arg(payloadFormat, formats.join(QStringLiteral(", "))));
}

const QStringList &notebookKinds()
{
    // As in nb_rules.py.
    static const QStringList kinds{QStringLiteral("completed"), QStringLiteral("code-along"),
                                   QStringLiteral("trainer"),   QStringLiteral("recording"),
                                   QStringLiteral("speaker"),   QStringLiteral("partial")};
    return kinds;
}

} // namespace lifeguard
