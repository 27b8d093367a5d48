// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/machineexamination.h"

#include "app/ctl/commandline.h"
#include "app/ctl/text.h"
#include "core/base/futurecallbacks.h"
#include "core/base/paths.h"
#include "core/docker/dockerclient.h"
#include "core/doctor/databasecheck.h"
#include "core/doctor/dockercheck.h"
#include "core/doctor/foldercheck.h"
#include "core/doctor/systemcheck.h"
#include "core/doctor/toolcheck.h"

#include <QDir>
#include <QEventLoop>
#include <QTimer>

namespace lifeguard::ctl {
namespace {

constexpr std::chrono::seconds engineTimeout{5};

/// Asks the engine for its version and its images.
class EngineQuery : public QObject
{
public:
    explicit EngineQuery(const DockerEndpoint &endpoint) : m_client(endpoint)
    {
        m_facts.address = endpoint.toString();
        m_facts.engine = failure(
            ErrorCode::TimedOut,
            Text::tr("the engine at %1 did not respond within %2 s.").arg(m_facts.address).arg(engineTimeout.count()));
    }

    DockerFacts run()
    {
        QTimer::singleShot(engineTimeout, &m_loop, &QEventLoop::quit);
        whenFinished(m_client.engineInfo(), this, [this](const Result<EngineInfo> &engine) {
            m_facts.engine = engine;
            if (!engine)
                return m_loop.quit();
            whenFinished(m_client.images(), this, [this](const Result<QList<DockerImage>> &images) {
                m_facts.images = images.value_or(QList<DockerImage>());
                m_loop.quit();
            });
        });
        m_loop.exec();
        return m_facts;
    }

private:
    DockerClient m_client;
    DockerFacts m_facts;
    QEventLoop m_loop;
};

DockerFacts readDockerFacts()
{
    const Result<DockerEndpoint> endpoint = DockerEndpoint::find(QProcessEnvironment::systemEnvironment(),
                                                                 QDir::homePath());
    if (!endpoint) {
        DockerFacts facts;
        facts.engine = failure(endpoint.error());
        return facts;
    }
    return EngineQuery(*endpoint).run();
}

} // namespace

ExaminationRequest ExaminationRequest::of(const CommandLine &line)
{
    ExaminationRequest request;
    request.database = line.databasePath();
    request.workspace = line.workspace();
    if (const std::optional<ConfigSelection> &config = line.config(); config && config->result)
        request.pools = config->result->configuration.pools;
    return request;
}

QList<Finding> examineMachine(const ExaminationRequest &request)
{
    return systemFindings(readSystemFacts()) + checkTools() + dockerFindings(readDockerFacts(), imagesOf(request.pools))
         + folderFindings(Text::tr("The workspace"), readFolderFacts(request.workspace))
         + folderFindings(Text::tr("The folder of logs"), readFolderFacts(stateFolder()))
         + folderFindings(Text::tr("The folder of the database"),
                          readFolderFacts(QFileInfo(request.database).absolutePath()))
         + checkDatabase(request.database, request.checksAllPages)
         + checkPools(request.pools, request.workspace, siblingProgram(QStringLiteral("lifeguard-worker")));
}

} // namespace lifeguard::ctl
