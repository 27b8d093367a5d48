// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/notebookconverter.h"

#include "core/base/textdecoding.h"
#include "core/config/jobtypes.h"
#include "core/tools/notebooktools.h"
#include "core/worker/clmnotes.h"
#include "core/worker/fileerrors.h"
#include "core/worker/notebookerrors.h"
#include "core/worker/notebooknotes.h"
#include "core/worker/notebookrules.h"
#include "core/worker/privatefolder.h"
#include "core/worker/toolprocess.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcessEnvironment>

namespace lifeguard {
namespace {

constexpr int maxJobsPerHelper = 500; // limits the effect of memory leaks in the helper
constexpr qsizetype detailLimit = 8000; // bytes of stderr

/// Returns the environment of the helper and its kernels. With it, they find the kernels and modules that the user has
/// installed, but write nothing to the user's folders.
QProcessEnvironment helperEnvironment(const QString &folder)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    const QString home = environment.value(QStringLiteral("HOME"), QDir::homePath());
    const QString dataHome = environment.value(QStringLiteral("XDG_DATA_HOME"), home + QStringLiteral("/.local/share"));
    QStringList kernels{environment.value(QStringLiteral("JUPYTER_DATA_DIR"), dataHome + QStringLiteral("/jupyter"))};
    if (environment.contains(QStringLiteral("JUPYTER_PATH")))
        kernels.prepend(environment.value(QStringLiteral("JUPYTER_PATH")));
    environment.insert(QStringLiteral("JUPYTER_PATH"), kernels.join(u':'));
    if (!environment.contains(QStringLiteral("PYTHONUSERBASE")))
        environment.insert(QStringLiteral("PYTHONUSERBASE"), home + QStringLiteral("/.local"));
    const QString privateHome = folder + QStringLiteral("/home");
    environment.insert(QStringLiteral("HOME"), privateHome);
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), privateHome);
    environment.insert(QStringLiteral("IPYTHONDIR"), privateHome + QStringLiteral("/.ipython"));
    environment.insert(QStringLiteral("JUPYTER_CONFIG_DIR"), privateHome + QStringLiteral("/.jupyter"));
    environment.insert(QStringLiteral("JUPYTER_DATA_DIR"), privateHome + QStringLiteral("/jupyter"));
    environment.insert(QStringLiteral("JUPYTER_RUNTIME_DIR"), folder + QStringLiteral("/r"));
    for (const char *name :
         {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "PYTHONSTARTUP", "LIFEGUARD_BEATS"})
        environment.remove(QLatin1String(name));
    environment.insert(QStringLiteral("PYTHONDONTWRITEBYTECODE"), QStringLiteral("1"));
    if (!environment.contains(QStringLiteral("PYTHONHASHSEED"))) // prints sets in the same order each time
        environment.insert(QStringLiteral("PYTHONHASHSEED"), QStringLiteral("0"));
    environment.insert(QStringLiteral("PYDEVD_DISABLE_FILE_VALIDATION"), QStringLiteral("1")); // avoids a warning from
                                                                                               // each kernel
    return environment;
}

/// Returns the hash of the helper, which is part of this program.
QString helperVersion()
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const QStringList names = QDir(QStringLiteral(":/notebook")).entryList(QDir::Files, QDir::Name);
    for (const QString &name : names) {
        QFile file(QStringLiteral(":/notebook/") + name);
        if (file.open(QIODevice::ReadOnly))
            hash.addData(file.readAll());
    }
    return QString::fromLatin1(hash.result().toHex());
}

/// Returns the name of the encoding of a text with zero bytes; empty if it is UTF-8 that contains NUL characters.
QString encodingName(const QByteArray &data)
{
    const TextEncoding encoding = encodingOf(data);
    const qsizetype zeros = data.count('\0');
    // Of the four bytes of a letter, UTF-32 has three zero bytes, and UTF-16 has one of two.
    if (encoding == TextEncoding::Utf32 || (encoding != TextEncoding::Utf16 && zeros > data.size() / 8 * 5))
        return QStringLiteral("UTF-32");
    return encoding == TextEncoding::Utf8 && zeros < data.size() / 4 ? QString() : QStringLiteral("UTF-16");
}

/// Returns the text of a file, or an error if it is damaged UTF-16 or UTF-32, or contains NUL characters, as they do
/// without a byte order mark.
Result<QString> textOf(const QByteArray &data)
{
    QString text = decodeText(data);
    const TextEncoding encoding = encodingOf(data);
    const bool isWide = encoding == TextEncoding::Utf16 || encoding == TextEncoding::Utf32;
    const bool isDamaged = isWide
                        && (data.size() % (encoding == TextEncoding::Utf32 ? 4 : 2) != 0
                            || text.contains(QChar::ReplacementCharacter));
    const qsizetype null = text.indexOf(QChar::Null);
    if (!isDamaged && null < 0)
        return text;
    const QString name = encodingName(data);
    if (!name.isEmpty()) {
        //: %1 is the name of an encoding, such as UTF-16.
        return failure(
            ErrorCode::InvalidArgument,
            NotebookConverter::tr("The file cannot be read, because it is saved as %1: save it as UTF-8.").arg(name));
    }
    return failure(ErrorCode::InvalidArgument,
                   NotebookConverter::tr(
                       "The file cannot be read, because line %1 contains a NUL character: remove it.")
                       .arg(text.left(null).count(u'\n') + 1));
}

/// Returns the notes of the helper as sentences.
QStringList notesOf(const QJsonArray &notes)
{
    return clmNotes(notes) + notebookNotes(notes);
}

} // namespace

NotebookConverter::NotebookConverter(QObject *parent) : ToolConverter(parent) {}

NotebookConverter::~NotebookConverter() = default;

QString NotebookConverter::rules(const QJsonObject &payload, const ConverterSettings &settings) const
{
    static const QString helper = helperVersion();
    const bool isOfClm = notebookRules(payload, settings) == QLatin1String("clm");
    const QString cache = isOfClm ? qEnvironmentVariable("CLM_CACHE_DB_PATH") : QString();
    // The other keys that change the output, kind, language, prog_lang and format, are part of all content hashes.
    return QStringList{QStringLiteral("notebook 1"),
                       helper,
                       NotebookTools::find().versions(),
                       notebookRulesText(payload, settings),
                       settings.allowFiles.join(u':'),
                       settings.notebookFiles.join(u':'),
                       cache}
        .join(u'\n');
}

void NotebookConverter::startAhead(const QString &, const ConverterSettings &)
{
    if (m_helper || !startHelper())
        return;
    const QJsonObject request{{QStringLiteral("ahead"), QStringLiteral("python3")},
                              {QStringLiteral("private"), m_folder->path()}};
    m_helper->write(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
}

void NotebookConverter::convert(const Job &job, const ConversionContext &context)
{
    m_isCancelled = false;
    m_isRetry = false;
    m_progress.clear();
    const Result<QString> format = notebookFormat(context.payload.value(QLatin1String("format")).toString(),
                                                  context.format);
    if (!format) {
        finishLater(failure(format.error()));
        return;
    }
    const Result<QString> text = textOf(context.data);
    if (!text) {
        finishLater(failure(text.error()));
        return;
    }
    m_request = makeRequest(job, context);
    m_request.insert(QStringLiteral("data"), *text);
    m_request.insert(QStringLiteral("format"), *format);
    sendRequest();
}

QJsonObject NotebookConverter::makeRequest(const Job &job, const ConversionContext &context) const
{
    const auto value = [&](const char *key) { return context.payload.value(QLatin1String(key)); };
    const QString input = job.inputFile.isEmpty() ? QString() : QDir(context.workspace).absoluteFilePath(job.inputFile);
    const QString name = value("input_file_name").toString(QFileInfo(input).fileName());
    QJsonObject request{
        {QStringLiteral("name"), QFileInfo(name).fileName()},
        {QStringLiteral("folder"), input.isEmpty() ? QString() : QFileInfo(input).path()},
        {QStringLiteral("payload_input_file"), value("input_file").toString(job.inputFile)},
        {QStringLiteral("workspace"), context.workspace},
        {QStringLiteral("allow_files"), QJsonArray::fromStringList(context.settings.allowFiles)},
        {QStringLiteral("source_patterns"), QJsonArray::fromStringList(context.settings.notebookFiles)},
        {QStringLiteral("rules"), notebookRules(context.payload, context.settings)},
        {QStringLiteral("output"), context.outputFile},
    };
    for (const char *key : {"kind", "language", "prog_lang", "other_files", "skip_evaluation", "skip_errors",
                            "http_replay_mode", "img_path_prefix", "source_topic_dir", "svg_available_stems",
                            "inline_images", "author", "organization", "cross_references", "template_fingerprint",
                            "worker_image_identity", "fallback_execute", "http_replay_cassette_name"})
        request.insert(QLatin1String(key), value(key));
    return request;
}

void NotebookConverter::sendRequest()
{
    if (!m_helper) {
        if (const Status started = startHelper(); !started) {
            finishLater(failure(started.error()));
            return;
        }
    }
    m_isBusy = true;
    m_hasStarted = false;
    (void)m_helper->takeErrors();
    m_request.insert(QStringLiteral("id"), ++m_requestId);
    m_request.insert(QStringLiteral("private"), m_folder->path());
    m_helper->write(QJsonDocument(m_request).toJson(QJsonDocument::Compact) + '\n');
}

Status NotebookConverter::startHelper()
{
    const NotebookTools tools = NotebookTools::find();
    // Do not check for nbconvert here: Python may find it in folders that NotebookTools does not search.
    if (tools.python.isEmpty())
        return failure(ErrorCode::ToolMissing, tools.missingMessage());
    if (const Status created = createFolder(); !created)
        return failure(created.error());
    m_output.clear();
    m_importError = {};
    m_completedJobs = 0;
    m_helper = std::make_unique<ToolProcess>();
    ToolProcess *const helper = m_helper.get();
    connect(helper, &ToolProcess::outputRead, this, &NotebookConverter::onOutput);
    // Queued, because onEnded() deletes the tool.
    connect(
        helper, &ToolProcess::ended, this,
        [this, helper](const QString &how, bool failedToStart) {
            if (m_helper.get() == helper)
                onEnded(how, failedToStart);
        },
        Qt::QueuedConnection);
    helper->setEnvironment(helperEnvironment(m_folder->path()));
    helper->start(tools.python, {m_folder->path() + QStringLiteral("/program/main.py")}, m_folder->path());
    return {};
}

Status NotebookConverter::createFolder()
{
    if (!m_folder) {
        Result<std::unique_ptr<PrivateFolder>> created = PrivateFolder::create(QStringLiteral("lifeguard-notebook"));
        if (!created)
            return failure(created.error());
        m_folder = std::move(*created);
    }
    // The helper is a resource of this program, so that it need not be installed and always has the right version.
    const QDir program(m_folder->path() + QStringLiteral("/program"));
    bool isWritten = program.mkpath(QStringLiteral(".")) && QDir(m_folder->path()).mkpath(QStringLiteral("home"));
    const QStringList names = QDir(QStringLiteral(":/notebook")).entryList(QDir::Files);
    isWritten = isWritten && !names.isEmpty();
    for (const QString &name : names) {
        const QString path = program.filePath(name);
        if (!QFile::exists(path))
            isWritten = isWritten && QFile::copy(QStringLiteral(":/notebook/") + name, path);
    }
    if (isWritten)
        return {};
    m_folder.reset();
    if (const Status space = checkFreeSpace({QDir::tempPath()}); !space)
        return failure(space.error());
    return failure(ErrorCode::Unreachable,
                   tr("The files of the notebook converter cannot be written to %1.").arg(QDir::tempPath()));
}

void NotebookConverter::cancel()
{
    if (!m_isBusy)
        return;
    m_isCancelled = true;
    m_helper->killTree();
}

void NotebookConverter::onOutput(const QByteArray &bytes)
{
    m_output += bytes;
    for (qsizetype end = m_output.indexOf('\n'); end >= 0; end = m_output.indexOf('\n')) {
        const QByteArray line = m_output.left(end);
        m_output.remove(0, end + 1);
        onMessage(QJsonDocument::fromJson(line).object());
    }
}

void NotebookConverter::onMessage(const QJsonObject &message)
{
    const QString event = message.value(QLatin1String("event")).toString();
    if (event == QLatin1String("import_failed"))
        m_importError = message;
    if (!m_isBusy || m_isCancelled || message.value(QLatin1String("id")).toInteger() != m_requestId)
        return;
    if (event == QLatin1String("started")) {
        m_hasStarted = true;
    } else if (event == QLatin1String("cell")) {
        //: A place in a notebook: %1 is the number of a cell, %2 its first line of code.
        m_progress = tr("cell %1: `%2`")
                         .arg(message.value(QLatin1String("cell")).toInt())
                         .arg(message.value(QLatin1String("source")).toString());
    } else if (event == QLatin1String("completed")) {
        Conversion conversion{true, {}};
        const QJsonArray notes = message.value(QLatin1String("notes")).toArray();
        conversion.notes = notesOf(notes);
        if (message.contains(QLatin1String("warnings"))) {
            conversion.warnings = clmWarnings(message.value(QLatin1String("warnings")).toArray(),
                                              notesOf(notesWithoutWarning(notes)));
        }
        const QJsonArray sources = message.value(QLatin1String("sources")).toArray();
        for (const QJsonValue &source : sources)
            conversion.sources.append(source.toString());
        finish(conversion);
    } else if (event == QLatin1String("failed")) {
        Error error = notebookError(message);
        // A kernel that dies produces no traceback, but may have written to stderr.
        const QString errors = QString::fromUtf8(m_helper->takeErrors().right(detailLimit)).trimmed();
        if (error.detail.isEmpty())
            error.detail = errors;
        finish(failure(error));
    }
}

void NotebookConverter::onEnded(const QString &how, bool failedToStart)
{
    const QString errors = QString::fromUtf8(m_helper->takeErrors().right(detailLimit)).trimmed();
    const QString python = NotebookTools::find().python;
    const bool wasBusy = m_isBusy;
    retireHelper();
    if (!wasBusy)
        return;
    if (m_isCancelled) {
        finish(failure(ErrorCode::Cancelled, tr("The job was cancelled.")));
    } else if (failedToStart) {
        finish(
            failure(ErrorCode::ToolMissing,
                    tr("%1 cannot be started (%2). Install nbconvert: apt install jupyter-nbconvert python3-ipykernel")
                        .arg(python, how)));
    } else if (!m_importError.isEmpty()) {
        m_importError.insert(QStringLiteral("code"), QStringLiteral("import_failed"));
        finish(failure(notebookError(m_importError)));
    } else if (!m_hasStarted && !m_isRetry) {
        // The helper may have died before it received this job. No part of the job has run, so a new helper is started.
        m_isRetry = true;
        sendRequest();
    } else {
        const QString message = m_progress.isEmpty()
                                  ? tr("The notebook converter ended unexpectedly (%1).").arg(how)
                                  //: %1 is a place, such as "cell 4: `x = f()`", %2 for example "SIGKILL".
                                  : tr("%1: the notebook converter ended unexpectedly (%2).").arg(m_progress, how);
        finish(failure(ErrorCode::ToolFailed, message, errors));
    }
}

void NotebookConverter::finish(const Result<Conversion> &result)
{
    m_isBusy = false;
    m_request = {};
    if (++m_completedJobs >= maxJobsPerHelper && m_helper)
        retireHelper();
    Q_EMIT finished(result);
    m_progress.clear();
}

void NotebookConverter::retireHelper()
{
    retire(std::move(m_helper));
}

void NotebookConverter::close()
{
    m_isBusy = false;
    retireHelper();
    closeWhenRetired();
}

void NotebookConverter::cleanUp()
{
    m_folder.reset();
}

} // namespace lifeguard
