// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/notebookanswers.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonArray>
#include <QRegularExpression>
#include <QStringList>

#include <functional>

namespace lifeguard {
namespace {

constexpr qsizetype detailLimit = 64'000;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Notebook", text);
}

QString text(const QJsonObject &facts, const char *key)
{
    return facts.value(QLatin1String(key)).toString();
}

int number(const QJsonObject &facts, const char *key)
{
    return facts.value(QLatin1String(key)).toInt();
}

QString list(const QJsonObject &facts, const char *key)
{
    QStringList names;
    const QJsonArray array = facts.value(QLatin1String(key)).toArray();
    for (const QJsonValue &value : array)
        names.append(value.toString());
    return names.join(QStringLiteral(", "));
}

/// "cell 4", "cell 4, line 2 (line 27 of the file)".
QString placeOf(const QJsonObject &facts)
{
    QString place = tr("cell %1").arg(number(facts, "cell"));
    if (number(facts, "line") > 0)
        place = tr("%1, line %2").arg(place).arg(number(facts, "line"));
    if (number(facts, "file_line") > 0)
        place = tr("%1 (line %2 of the file)").arg(place).arg(number(facts, "file_line"));
    return place;
}

Error cellFailed(const QJsonObject &facts)
{
    const QString error = text(facts, "error");
    const QString words = text(facts, "words");
    const QString what = QStringList{error, words}.filter(QRegularExpression(QStringLiteral("."))).join(QStringLiteral(": "));
    const QString source = text(facts, "source");
    return {ErrorCode::ToolFailed, source.isEmpty() ? tr("%1: %2").arg(placeOf(facts), what) : tr("%1: `%2` – %3").arg(placeOf(facts), source, what), {}};
}

Error kernelDied(const QJsonObject &facts)
{
    const QString how = text(facts, "how");
    const QString place = number(facts, "cell") > 0 ? placeOf(facts) + QStringLiteral(": ") : QString();
    if (how == QLatin1String("SIGKILL"))
        return {ErrorCode::ToolFailed, place + tr("the kernel was killed (SIGKILL): often because the memory ran out"), {}};
    return {ErrorCode::ToolFailed, place + (how.isEmpty() ? tr("the kernel died") : tr("the kernel died (%1)").arg(how)), {}};
}

Error noKernel(const QJsonObject &facts)
{
    const QString kernel = text(facts, "kernel");
    const QString installed = list(facts, "installed");
    QString message = tr("the kernel '%1' is not installed; installed: %2").arg(kernel, installed.isEmpty() ? tr("none") : installed);
    const QString hint = kernelInstallHint(kernel, text(facts, "language"));
    if (!hint.isEmpty())
        message += tr(" (to install it: %1)").arg(hint);
    return {ErrorCode::ToolMissing, message, {}};
}

Error noJson(const QJsonObject &facts)
{
    const QString reason = text(facts, "reason");
    if (number(facts, "line") > 0)
        return {ErrorCode::ToolFailed, tr("The notebook is broken JSON: line %1, column %2: %3").arg(number(facts, "line")).arg(number(facts, "column")).arg(reason), {}};
    return {ErrorCode::ToolFailed, tr("The notebook is broken JSON: %1").arg(reason), {}};
}

Error noneLeft(const QJsonObject &facts)
{
    QStringList chosen;
    if (!text(facts, "kind").isEmpty())
        chosen.append(tr("kind '%1'").arg(text(facts, "kind")));
    if (!text(facts, "language").isEmpty())
        chosen.append(tr("language '%1'").arg(text(facts, "language")));
    return {ErrorCode::ToolFailed, tr("None of the notebook's %1 cells is left for %2.").arg(number(facts, "count")).arg(chosen.join(QStringLiteral(", "))), {}};
}

Error unusable(const QJsonObject &facts)
{
    const QString module = text(facts, "module");
    const QString what = module.isEmpty() ? text(facts, "reason") : tr("no module '%1'").arg(module);
    return {ErrorCode::ToolMissing, tr("nbconvert cannot be used (%1): apt install jupyter-nbconvert python3-ipykernel").arg(what), {}};
}

Error damaged(const QJsonObject &facts)
{
    const QString place = number(facts, "cell") > 0 ? placeOf(facts) + QStringLiteral(": ") : QString();
    return {ErrorCode::ToolFailed, tr("The notebook is damaged: %1%2").arg(place, text(facts, "reason")), {}};
}

Error inside(const QJsonObject &facts)
{
    const QString words = text(facts, "words");
    return {ErrorCode::ToolFailed, tr("nbconvert failed inside: %1").arg(words.isEmpty() ? text(facts, "error") : text(facts, "error") + QStringLiteral(": ") + words), {}};
}

} // namespace

Error notebookError(const QJsonObject &answer)
{
    using Words = std::function<Error(const QJsonObject &)>;
    const auto plain = [](const char *sentence) { return Words([sentence](const QJsonObject &) { return Error{ErrorCode::ToolFailed, tr(sentence), {}}; }); };
    static const QHash<QString, Words> words{
        {QStringLiteral("cell_failed"), cellFailed},
        {QStringLiteral("kernel_died"), kernelDied},
        {QStringLiteral("no_kernel"), noKernel},
        {QStringLiteral("no_json"), noJson},
        {QStringLiteral("none_left"), noneLeft},
        {QStringLiteral("unusable"), unusable},
        {QStringLiteral("damaged"), damaged},
        {QStringLiteral("empty_file"), plain(QT_TRANSLATE_NOOP("lifeguard::Notebook", "The file is empty."))},
        {QStringLiteral("no_cells"), plain(QT_TRANSLATE_NOOP("lifeguard::Notebook", "The notebook has no cells."))},
        {QStringLiteral("no_notebook"), plain(QT_TRANSLATE_NOOP("lifeguard::Notebook", "This is JSON, but no notebook: it has no list of cells."))},
        {QStringLiteral("no_cells_in_script"), plain(QT_TRANSLATE_NOOP("lifeguard::Notebook", "This script is no notebook: no line begins with '# %%'."))},
        {QStringLiteral("kernel_start"),
         [](const QJsonObject &facts) {
             return Error{ErrorCode::ToolFailed, tr("The kernel '%1' cannot be started: %2").arg(text(facts, "kernel"), text(facts, "reason")), {}};
         }},
        {QStringLiteral("too_new"),
         [](const QJsonObject &facts) {
             return Error{ErrorCode::ToolFailed,
                          tr("The notebook is of format %1; the nbformat installed here reads up to %2.").arg(number(facts, "version")).arg(number(facts, "known")), {}};
         }},
        {QStringLiteral("bad_header"),
         [](const QJsonObject &facts) {
             return Error{ErrorCode::ToolFailed, tr("line %1: the head of this cell cannot be read: %2").arg(number(facts, "line")).arg(text(facts, "text")), {}};
         }},
        {QStringLiteral("unknown_kind"),
         [](const QJsonObject &facts) {
             return Error{ErrorCode::InvalidArgument, tr("There is no kind '%1' of output; there are: %2.").arg(text(facts, "kind"), list(facts, "known")), {}};
         }},
        {QStringLiteral("bad_other_file"),
         [](const QJsonObject &facts) {
             const QString reason = text(facts, "reason");
             return Error{ErrorCode::InvalidArgument,
                          reason.isEmpty() ? tr("The file '%1' that came with the job would lie outside the job's folder.").arg(text(facts, "path"))
                                           : tr("The file '%1' that came with the job cannot be laid beside the input: %2").arg(text(facts, "path"), reason),
                          {}};
         }},
        {QStringLiteral("not_written"),
         [](const QJsonObject &facts) {
             return Error{facts.value(QLatin1String("full")).toBool() ? ErrorCode::DiskFull : ErrorCode::Io,
                          tr("The output cannot be written: %1.").arg(text(facts, "reason")), {}};
         }},
    };
    const auto found = words.constFind(text(answer, "what"));
    Error error = found == words.cend() ? inside(answer) : (*found)(answer);
    error.detail = text(answer, "detail").right(detailLimit);
    return error;
}

QString kernelInstallHint(const QString &kernel, const QString &language)
{
    const QString name = kernel.toLower();
    const auto is = [&](const char *its) { return language == QLatin1String(its); };
    if (name == QLatin1String("python2") || name == QLatin1String("python 2"))
        return tr("Python 2 is no longer maintained: port the notebook to Python 3");
    if (name == QLatin1String("python3") || is("python"))
        return QStringLiteral("apt install python3-ipykernel");
    if (name == QLatin1String("ir") || is("r"))
        return QStringLiteral("apt install r-cran-irkernel");
    if (name == QLatin1String("octave") || is("octave"))
        return QStringLiteral("apt install python3-octave-kernel");
    if (name.startsWith(QLatin1String("xcpp")) || is("cpp"))
        return QStringLiteral("conda install -c conda-forge xeus-cling");
    if (name.startsWith(QLatin1String(".net-")) || is("csharp"))
        return QStringLiteral("dotnet tool install -g Microsoft.dotnet-interactive, dotnet interactive jupyter install");
    if (name == QLatin1String("bash"))
        return QStringLiteral("pip install bash_kernel, python3 -m bash_kernel.install");
    if (name == QLatin1String("deno") || is("typescript") || is("javascript"))
        return QStringLiteral("deno jupyter --install");
    if (name.startsWith(QLatin1String("julia")))
        return QStringLiteral("julia -e 'using Pkg; Pkg.add(\"IJulia\")'");
    if (name == QLatin1String("rust"))
        return QStringLiteral("cargo install evcxr_jupyter, evcxr_jupyter --install");
    if (name == QLatin1String("java") || is("java"))
        return QStringLiteral("https://github.com/SpencerPark/IJava");
    return {};
}

} // namespace lifeguard
