// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/dockerengine.h"

#include "places.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QLocalSocket>
#include <QTest>

#include <csignal>

namespace lifeguard::test {
namespace {

QString scriptOf(PrivateDockerEngine::Program program)
{
    return program == PrivateDockerEngine::Program::Podman ? s(LIFEGUARD_SOURCE_DIR "/tests/support/podman.sh")
                                                           : s(LIFEGUARD_SOURCE_DIR "/tests/support/engine.sh");
}

QString missingEngineReason()
{
    if (qEnvironmentVariableIsSet("LIFEGUARD_TEST_DOCKER_HOST"))
        return {};
    const QString reason = qEnvironmentVariable("LIFEGUARD_NO_TEST_DOCKER");
    return reason.isEmpty()
             ? s("no Docker engine for tests: LIFEGUARD_TEST_DOCKER_HOST is not set (packaging/test.sh starts one)")
             : s("no Docker engine: ") + reason;
}

QProcessEnvironment environmentFor(const QString &endpoint)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(s("DOCKER_HOST"), endpoint);
    for (const char *variable :
         {"DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"})
        environment.remove(s(variable));
    return environment;
}

} // namespace

DockerEngine::DockerEngine(QString endpoint, QString missingReason)
    : m_endpoint(std::move(endpoint))
    , m_missingReason(std::move(missingReason))
{
}

const DockerEngine &DockerEngine::shared()
{
    static const DockerEngine engine(qEnvironmentVariable("LIFEGUARD_TEST_DOCKER_HOST"), missingEngineReason());
    return engine;
}

Outcome DockerEngine::docker(const QStringList &arguments, int timeoutMs) const
{
    QProcess process;
    process.setProcessEnvironment(environmentFor(m_endpoint));
    process.start(s("docker"), arguments);
    process.closeWriteChannel();
    Outcome outcome;
    const bool ended = process.waitForFinished(timeoutMs);
    if (!ended) {
        process.kill();
        process.waitForFinished(timeoutMs);
    } else if (process.exitStatus() == QProcess::NormalExit) {
        outcome.code = process.exitCode();
    }
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

PrivateDockerEngine::PrivateDockerEngine(Program program) : DockerEngine({}), m_script(scriptOf(program))
{
    m_endpoint = s("unix://") + folder() + s("/docker.sock");
    m_process.setStandardOutputFile(m_folder.filePath(s("log")), QIODevice::Append);
    m_process.setStandardErrorFile(m_folder.filePath(s("log")), QIODevice::Append);
}

PrivateDockerEngine::~PrivateDockerEngine()
{
    QProcess remove;
    remove.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    remove.start(m_script, {s("remove"), folder()});
    // The script waits for the end of the engine, which is a child of this process: its exit status must be collected
    // in the meantime.
    while (!remove.waitForFinished(100) && remove.state() != QProcess::NotRunning)
        m_process.waitForFinished(1);
    m_process.waitForFinished(patience);
}

bool PrivateDockerEngine::start()
{
    m_process.start(m_script, {s("run"), folder()});
    return QTest::qWaitFor([this] { return isResponding() || m_process.state() == QProcess::NotRunning; }, patience)
        && isResponding();
}

void PrivateDockerEngine::stop()
{
    m_process.terminate();
    m_process.waitForFinished(patience);
}

void PrivateDockerEngine::suspend()
{
    ::kill(pid_t(m_process.processId()), SIGSTOP);
}

void PrivateDockerEngine::resume()
{
    ::kill(pid_t(m_process.processId()), SIGCONT);
}

void PrivateDockerEngine::kill()
{
    m_process.kill();
    m_process.waitForFinished(patience);
}

bool PrivateDockerEngine::load(const QString &image) const
{
    const QString file = m_folder.filePath(s("image.tar"));
    const bool loaded = shared().docker({s("save"), s("--output"), file, image}).code == 0
                     && docker({s("load"), s("--input"), file}).code == 0;
    QFile::remove(file);
    return loaded;
}

bool PrivateDockerEngine::isResponding() const
{
    QLocalSocket socket;
    socket.connectToServer(folder() + s("/docker.sock"));
    if (!socket.waitForConnected(patience))
        return false;
    socket.write("GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n");
    return socket.waitForReadyRead(patience) && socket.readAll().startsWith("HTTP/1.0 200");
}

QByteArray PrivateDockerEngine::log() const
{
    QFile file(m_folder.filePath(s("log")));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace lifeguard::test
