// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/notebookerrors.h"

#include "core/worker/clmerrors.h"
#include "core/worker/fileerrors.h"
#include "core/worker/helpermessage.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonArray>
#include <QStringList>

namespace lifeguard {
namespace {

using helpermessage::list;
using helpermessage::number;
using helpermessage::text;

constexpr qsizetype detailLimit = 64'000; // characters

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Notebook", text);
}

/// Returns the name and the message of an exception, for example "KeyError: 'x'".
QString exceptionText(const QJsonObject &message)
{
    QStringList parts{text(message, "error"), text(message, "message")};
    parts.removeAll(QString());
    return parts.join(QStringLiteral(": "));
}

/// Returns for example "cell 4" or "cell 4, line 2 (line 27 of the file)".
QString placeText(const QJsonObject &message)
{
    const int cell = number(message, "cell");
    const int line = number(message, "line");
    const int fileLine = number(message, "file_line");
    if (line > 0 && fileLine > 0)
        return tr("cell %1, line %2 (line %3 of the file)").arg(cell).arg(line).arg(fileLine);
    if (line > 0)
        return tr("cell %1, line %2").arg(cell).arg(line);
    return tr("cell %1").arg(cell);
}

Error cellFailed(const QJsonObject &message)
{
    const QString source = text(message, "source");
    const QString exception = exceptionText(message);
    return {ErrorCode::ToolFailed,
            source.isEmpty()
                //: %1 is a place in a notebook, %2 an exception.
                ? tr("%1: %2").arg(placeText(message), exception)
                //: %1 is a place in a notebook, %2 a line of code, %3 an exception.
                : tr("%1: `%2` – %3").arg(placeText(message), source, exception),
            {}};
}

Error kernelDied(const QJsonObject &message)
{
    const QString how = text(message, "how");
    const bool hasPlace = number(message, "cell") > 0;
    const QString place = placeText(message);
    QString reason;
    if (how == QLatin1String("SIGKILL")) {
        //: %1 is a place in a notebook.
        reason = hasPlace ? tr("%1: the kernel was killed (SIGKILL), often because the memory ran out.").arg(place)
                          : tr("The kernel was killed (SIGKILL), often because the memory ran out.");
    } else if (how.isEmpty()) {
        //: %1 is a place in a notebook.
        reason = hasPlace ? tr("%1: the kernel died.").arg(place) : tr("The kernel died.");
    } else {
        //: %1 is a place in a notebook, %2 for example "exit code 4".
        reason = hasPlace ? tr("%1: the kernel died (%2).").arg(place, how) : tr("The kernel died (%1).").arg(how);
    }
    return {ErrorCode::ToolFailed, reason, {}};
}

/// Returns for example "cell 4, line 2: `exit()`".
QString placeWithSource(const QJsonObject &message)
{
    const QString source = text(message, "source");
    //: %1 is a place in a notebook, %2 a line of code.
    return source.isEmpty() ? placeText(message) : tr("%1: `%2`").arg(placeText(message), source);
}

Error cellExited(const QJsonObject &message)
{
    return {
        ErrorCode::ToolFailed,
        //: %1 is a place in a notebook with its line of code.
        tr("%1 ended the notebook, so the cells after it were not executed. Remove the call, or move it to the last "
           "cell.")
            .arg(placeWithSource(message)),
        {}};
}

Error cellAsks(const QJsonObject &message)
{
    return {ErrorCode::ToolFailed,
            //: %1 is a place in a notebook with its line of code.
            tr("%1 waits for input, but nobody can type while a job runs. Assign a value instead, or leave the cell "
               "out.")
                .arg(placeWithSource(message)),
            {}};
}

Error outputIncomplete(const QJsonObject &message)
{
    return {ErrorCode::ToolFailed,
            //: %1 is a place in a notebook.
            tr("%1: the end of the output is missing, because the kernel lost messages. Print less in this cell.")
                .arg(placeText(message)),
            {}};
}

Error unsupportedFormat(const QJsonObject &message)
{
    return {ErrorCode::InvalidArgument,
            //: %1 is the name of a format of notebooks in text files, such as "sphinx".
            tr("This notebook is written in the format '%1', which cannot be read. Convert it with jupytext: jupytext "
               "--to ipynb FILE")
                .arg(text(message, "format")),
            {}};
}

Error unsupportedEncoding(const QJsonObject &message)
{
    return {ErrorCode::InvalidArgument,
            //: %1 is the name of an encoding, such as "koi8-r".
            tr("The file is saved as %1: save it as UTF-8.").arg(text(message, "encoding")),
            {}};
}

Error kernelMissing(const QJsonObject &message)
{
    const QString kernel = text(message, "kernel");
    QString installed = list(message, "installed");
    if (installed.isEmpty()) {
        //: A list of kernels without entries.
        installed = tr("none");
    }
    const QString hint = kernelInstallHint(kernel, text(message, "language"));
    const QString reason = hint.isEmpty()
                             ? tr("The kernel '%1' is not installed. Installed kernels: %2.").arg(kernel, installed)
                             : tr("The kernel '%1' is not installed. Installed kernels: %2. To install it: %3")
                                   .arg(kernel, installed, hint);
    const QString rules = text(message, "rules");
    const bool isOfClm = rules == QLatin1String("clm") || rules == QLatin1String("clx");
    const QString sentence = hint.isEmpty() ? reason : reason + u'.';
    return {ErrorCode::RequirementMissing, isOfClm ? withClmWorkerHint(sentence) : reason, {}};
}

Error invalidJson(const QJsonObject &message)
{
    const QString reason = text(message, "reason");
    const int line = number(message, "line");
    const int column = number(message, "column");
    return {ErrorCode::ToolFailed,
            line > 0 ? tr("The notebook is not valid JSON (line %1, column %2): %3.")
                           .arg(QString::number(line), QString::number(column), reason)
                     : tr("The notebook is not valid JSON: %1.").arg(reason),
            {}};
}

Error noCellsLeft(const QJsonObject &message)
{
    const QString kind = text(message, "kind");
    const QString language = text(message, "language");
    QString reason;
    if (kind.isEmpty())
        reason = tr("No cell of the notebook is in the language '%1'.").arg(language);
    else if (language.isEmpty())
        reason = tr("No cell of the notebook belongs to the kind '%1'.").arg(kind);
    else
        reason = tr("No cell of the notebook belongs to the kind '%1' and the language '%2'.").arg(kind, language);
    return {ErrorCode::ToolFailed, reason, {}};
}

Error importFailed(const QJsonObject &message)
{
    const QString module = text(message, "module");
    return {ErrorCode::ToolMissing,
            module.isEmpty()
                ? tr("nbconvert cannot be used (%1). Install it: apt install jupyter-nbconvert python3-ipykernel")
                      .arg(text(message, "reason"))
                : tr("nbconvert cannot be used (no module '%1'). Install it: apt install jupyter-nbconvert "
                     "python3-ipykernel")
                      .arg(module),
            {}};
}

Error invalidNotebook(const QJsonObject &message)
{
    const QString reason = text(message, "reason");
    return {ErrorCode::ToolFailed,
            number(message, "cell") > 0
                //: %1 is a place in a notebook.
                ? tr("The notebook is not valid (%1): %2").arg(placeText(message), reason)
                : tr("The notebook is not valid: %1").arg(reason),
            {}};
}

Error kernelStartFailed(const QJsonObject &message)
{
    return {ErrorCode::ToolFailed,
            tr("The kernel '%1' cannot be started: %2").arg(text(message, "kernel"), text(message, "reason")),
            {}};
}

Error formatTooNew(const QJsonObject &message)
{
    return {ErrorCode::ToolFailed,
            tr("The notebook has format version %1, but the installed nbformat supports only versions up to %2.")
                .arg(number(message, "version"))
                .arg(number(message, "known")),
            {}};
}

Error invalidCellHeader(const QJsonObject &message)
{
    return {ErrorCode::ToolFailed,
            tr("line %1: the cell header cannot be read: %2")
                .arg(QString::number(number(message, "line")), text(message, "text")),
            {}};
}

Error unknownKind(const QJsonObject &message)
{
    return {ErrorCode::InvalidArgument,
            tr("The kind '%1' does not exist. Possible kinds: %2.").arg(text(message, "kind"), list(message, "known")),
            {}};
}

Error invalidOtherFile(const QJsonObject &message)
{
    const QString path = text(message, "path");
    const QString reason = text(message, "reason");
    const Error error = outputError(path, number(message, "errno"));
    if (isBlocking(error))
        return error;
    return {ErrorCode::InvalidArgument,
            reason.isEmpty() ? tr("The file '%1' that came with the job lies outside the folder of the job.").arg(path)
                             : tr("The file '%1' that came with the job cannot be written: %2").arg(path, reason),
            {}};
}

Error writeFailed(const QJsonObject &message)
{
    return {outputError({}, number(message, "errno")).code,
            tr("The output cannot be written: %1.").arg(text(message, "reason")),
            {}};
}

Error internalError(const QJsonObject &message)
{
    return {ErrorCode::ToolFailed, tr("nbconvert failed with an internal error: %1").arg(exceptionText(message)), {}};
}

Error emptyFile(const QJsonObject &)
{
    return {ErrorCode::ToolFailed, tr("The file is empty."), {}};
}

Error noCells(const QJsonObject &)
{
    return {ErrorCode::ToolFailed, tr("The notebook has no cells."), {}};
}

Error notANotebook(const QJsonObject &)
{
    return {ErrorCode::ToolFailed, tr("This JSON file is not a notebook: it has no list of cells."), {}};
}

Error noCellsInScript(const QJsonObject &)
{
    return {ErrorCode::ToolFailed, tr("This script is not a notebook: no line begins with '# %%'."), {}};
}

} // namespace

Error notebookError(const QJsonObject &message)
{
    using MakeError = Error (*)(const QJsonObject &);
    static const QHash<QString, MakeError> errors{
        {QStringLiteral("cell_asks"), cellAsks},
        {QStringLiteral("cell_exited"), cellExited},
        {QStringLiteral("cell_failed"), cellFailed},
        {QStringLiteral("empty_file"), emptyFile},
        {QStringLiteral("format_too_new"), formatTooNew},
        {QStringLiteral("import_failed"), importFailed},
        {QStringLiteral("invalid_cell_header"), invalidCellHeader},
        {QStringLiteral("invalid_json"), invalidJson},
        {QStringLiteral("invalid_notebook"), invalidNotebook},
        {QStringLiteral("invalid_other_file"), invalidOtherFile},
        {QStringLiteral("kernel_died"), kernelDied},
        {QStringLiteral("kernel_missing"), kernelMissing},
        {QStringLiteral("kernel_start_failed"), kernelStartFailed},
        {QStringLiteral("no_cells"), noCells},
        {QStringLiteral("no_cells_in_script"), noCellsInScript},
        {QStringLiteral("no_cells_left"), noCellsLeft},
        {QStringLiteral("not_a_notebook"), notANotebook},
        {QStringLiteral("output_incomplete"), outputIncomplete},
        {QStringLiteral("unknown_kind"), unknownKind},
        {QStringLiteral("unsupported_encoding"), unsupportedEncoding},
        {QStringLiteral("unsupported_format"), unsupportedFormat},
        {QStringLiteral("write_failed"), writeFailed},
    };
    const std::optional<Error> ofClm = clmError(message);
    Error error = ofClm ? *ofClm : errors.value(text(message, "code"), internalError)(message);
    error.detail = text(message, "detail").right(detailLimit);
    return error;
}

QString kernelInstallHint(const QString &kernel, const QString &language)
{
    const QString name = kernel.toLower();
    const auto isLanguage = [&](const char *other) { return language == QLatin1String(other); };
    if (name == QLatin1String("python2") || name == QLatin1String("python 2"))
        return tr("Python 2 is no longer maintained. Port the notebook to Python 3.");
    if (name == QLatin1String("python3") || isLanguage("python"))
        return QStringLiteral("apt install python3-ipykernel");
    if (name == QLatin1String("ir") || isLanguage("r"))
        return QStringLiteral("apt install r-cran-irkernel");
    if (name == QLatin1String("octave") || isLanguage("octave"))
        return QStringLiteral("apt install python3-octave-kernel");
    if (name.startsWith(QLatin1String("xcpp")) || isLanguage("cpp"))
        return QStringLiteral("conda install -c conda-forge xeus-cling");
    if (name.startsWith(QLatin1String(".net-")) || isLanguage("csharp"))
        return QStringLiteral(
            "dotnet tool install -g Microsoft.dotnet-interactive, dotnet interactive jupyter install");
    if (name == QLatin1String("bash"))
        return QStringLiteral("pip install bash_kernel, python3 -m bash_kernel.install");
    if (name == QLatin1String("deno") || isLanguage("typescript") || isLanguage("javascript"))
        return QStringLiteral("deno jupyter --install");
    if (name.startsWith(QLatin1String("julia")))
        return QStringLiteral("julia -e 'using Pkg; Pkg.add(\"IJulia\")'");
    if (name == QLatin1String("rust"))
        return QStringLiteral("cargo install evcxr_jupyter, evcxr_jupyter --install");
    if (name == QLatin1String("java") || isLanguage("java"))
        return QStringLiteral("https://github.com/SpencerPark/IJava");
    return {};
}

} // namespace lifeguard
