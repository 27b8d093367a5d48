// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/notebookconverter.h"

#include "core/base/textdecoding.h"
#include "core/config/jobtypes.h"
#include "core/worker/notebookanswers.h"
#include "core/tools/notebooktools.h"
#include "core/worker/privatefolder.h"
#include "core/worker/toolprocess.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QProcessEnvironment>

namespace lifeguard {
namespace {

constexpr int jobsOfAHelper = 500; ///< then a fresh one: whatever leaks in it has an end

/// The helper's and its kernels' environment: nothing of the user's is written to, but kernels and modules that the user
/// installed are found.
QProcessEnvironment environmentIn(const QString &folder)
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
    const QString ours = folder + QStringLiteral("/home");
    environment.insert(QStringLiteral("HOME"), ours);
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), ours);
    environment.insert(QStringLiteral("IPYTHONDIR"), ours + QStringLiteral("/.ipython"));
    environment.insert(QStringLiteral("JUPYTER_CONFIG_DIR"), ours + QStringLiteral("/.jupyter"));
    environment.insert(QStringLiteral("JUPYTER_DATA_DIR"), ours + QStringLiteral("/jupyter"));
    environment.insert(QStringLiteral("JUPYTER_RUNTIME_DIR"), folder + QStringLiteral("/r"));
    for (const char *name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "PYTHONSTARTUP", "LIFEGUARD_BEATS"})
        environment.remove(QLatin1String(name));
    environment.insert(QStringLiteral("PYTHONDONTWRITEBYTECODE"), QStringLiteral("1"));
    environment.insert(QStringLiteral("PYDEVD_DISABLE_FILE_VALIDATION"), QStringLiteral("1")); // else a warning for each kernel
    return environment;
}

} // namespace

NotebookConverter::NotebookConverter(QObject *parent)
    : ToolConverter(parent)
{
}

NotebookConverter::~NotebookConverter() = default;

void NotebookConverter::convert(const Job &job, const ConversionContext &context)
{
    m_isCancelled = false;
    m_isSecondTry = false;
    m_progress.clear();
    const auto said = [&](const char *key) { return context.payload.value(QLatin1String(key)); };
    const Result<QString> format = notebookFormat(said("format").toString(), context.format);
    if (!format) {
        finishSoon(failure(format.error()));
        return;
    }
    const QString input = job.inputFile.isEmpty() ? QString() : QDir(context.workspace).absoluteFilePath(job.inputFile);
    const QString name = said("input_file_name").toString(QFileInfo(input).fileName());
    m_request = {
        {QStringLiteral("data"), decodeText(context.data)},
        {QStringLiteral("name"), QFileInfo(name).fileName()},
        {QStringLiteral("folder"), input.isEmpty() ? QString() : QFileInfo(input).path()},
        {QStringLiteral("kind"), said("kind")},
        {QStringLiteral("language"), said("language")},
        {QStringLiteral("prog_lang"), said("prog_lang")},
        {QStringLiteral("format"), *format},
        {QStringLiteral("other_files"), said("other_files").toObject()},
        {QStringLiteral("output"), context.outputFile},
    };
    begin();
}

void NotebookConverter::begin()
{
    if (!m_helper) {
        if (const Status started = startHelper(); !started) {
            finishSoon(failure(started.error()));
            return;
        }
    }
    m_isBusy = true;
    m_hasBegun = false;
    (void)m_helper->takeErrors();
    m_request.insert(QStringLiteral("id"), ++m_number);
    m_request.insert(QStringLiteral("private"), m_folder->path());
    m_helper->write(QJsonDocument(m_request).toJson(QJsonDocument::Compact) + '\n');
}

Status NotebookConverter::startHelper()
{
    const NotebookTools tools = NotebookTools::find();
    // Whether nbconvert is there is best known by Python itself, which may find it where we did not look.
    if (tools.python.isEmpty())
        return failure(ErrorCode::ToolMissing, tools.missing());
    if (const Status laidOut = layOutFolder(); !laidOut)
        return laidOut;
    m_output.clear();
    m_unusable = {};
    m_served = 0;
    m_helper = std::make_unique<ToolProcess>();
    ToolProcess *const helper = m_helper.get();
    connect(helper, &ToolProcess::outputRead, this, &NotebookConverter::onOutput);
    // Queued: the tool is deleted there.
    connect(helper, &ToolProcess::ended, this, [this, helper](const QString &how, bool failedToStart) {
        if (m_helper.get() == helper)
            onEnded(how, failedToStart);
    }, Qt::QueuedConnection);
    helper->setEnvironment(environmentIn(m_folder->path()));
    helper->start(tools.python, {m_folder->path() + QStringLiteral("/program/main.py")}, m_folder->path());
    return {};
}

Status NotebookConverter::layOutFolder()
{
    if (!m_folder) {
        Result<std::unique_ptr<PrivateFolder>> made = PrivateFolder::make(QStringLiteral("lifeguard-notebook"));
        if (!made)
            return failure(made.error());
        m_folder = std::move(*made);
    }
    // The helper is part of this program: nothing needs to be installed beside it, and none of another version is found.
    const QDir program(m_folder->path() + QStringLiteral("/program"));
    bool good = program.mkpath(QStringLiteral(".")) && QDir(m_folder->path()).mkpath(QStringLiteral("home"));
    const QStringList names = QDir(QStringLiteral(":/notebook")).entryList({QStringLiteral("*.py")});
    good = good && !names.isEmpty();
    for (const QString &name : names) {
        const QString path = program.filePath(name);
        if (!QFile::exists(path))
            good = good && QFile::copy(QStringLiteral(":/notebook/") + name, path);
    }
    if (good)
        return {};
    m_folder.reset();
    return failure(ErrorCode::Io, tr("The converter's files cannot be written to %1.").arg(QDir::tempPath()));
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
        onAnswer(QJsonDocument::fromJson(line).object());
    }
}

void NotebookConverter::onAnswer(const QJsonObject &answer)
{
    const QString event = answer.value(QLatin1String("event")).toString();
    if (event == QLatin1String("unusable"))
        m_unusable = answer;
    if (!m_isBusy || m_isCancelled || answer.value(QLatin1String("id")).toInteger() != m_number)
        return;
    if (event == QLatin1String("begun")) {
        m_hasBegun = true;
    } else if (event == QLatin1String("cell")) {
        m_progress = tr("cell %1: `%2`").arg(answer.value(QLatin1String("cell")).toInt()).arg(answer.value(QLatin1String("source")).toString());
    } else if (event == QLatin1String("done")) {
        finish(Conversion{true});
    } else if (event == QLatin1String("failed")) {
        Error error = notebookError(answer);
        // Of a kernel that died there is no traceback, but it may have said something.
        const QString errors = QString::fromUtf8(m_helper->takeErrors().right(8000)).trimmed();
        if (error.detail.isEmpty())
            error.detail = errors;
        finish(failure(error));
    }
}

void NotebookConverter::onEnded(const QString &how, bool failedToStart)
{
    const QString errors = QString::fromUtf8(m_helper->takeErrors().right(8000)).trimmed();
    const QString python = NotebookTools::find().python;
    const bool wasBusy = m_isBusy;
    forget();
    if (!wasBusy)
        return;
    if (m_isCancelled) {
        finish(failure(ErrorCode::Cancelled, tr("The job was cancelled.")));
    } else if (failedToStart) {
        finish(failure(ErrorCode::ToolMissing, tr("%1 cannot be started (%2): apt install jupyter-nbconvert python3-ipykernel").arg(python, how)));
    } else if (!m_unusable.isEmpty()) {
        m_unusable.insert(QStringLiteral("what"), QStringLiteral("unusable"));
        finish(failure(notebookError(m_unusable)));
    } else if (!m_hasBegun && !m_isSecondTry) {
        // It may have died before it got this job: then nothing of it has run, and a fresh one is asked.
        m_isSecondTry = true;
        begin();
    } else {
        const QString place = m_progress.isEmpty() ? QString() : m_progress + QStringLiteral(": ");
        finish(failure(ErrorCode::ToolFailed, place + tr("the converter ended unexpectedly: %1").arg(how), errors));
    }
}

void NotebookConverter::finish(const Result<Conversion> &result)
{
    m_isBusy = false;
    m_request = {};
    if (++m_served >= jobsOfAHelper && m_helper)
        forget();
    Q_EMIT finished(result);
    m_progress.clear();
}

void NotebookConverter::forget()
{
    retire(std::move(m_helper));
}

void NotebookConverter::close()
{
    m_isBusy = false;
    forget();
    closeWhenRetired();
}

void NotebookConverter::cleanUp()
{
    m_folder.reset();
}

} // namespace lifeguard
