// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/executor/containercreator.h"

#include "core/base/futurecallbacks.h"
#include "core/executor/workersetup.h"

#include <QPromise>
#include <QtConcurrent>

#include <memory>
#include <tuple>

namespace lifeguard {
namespace {

/// Returns whether every engine has this network.
bool isBuiltIn(const QString &network)
{
    return network == QLatin1String("none") || network == QLatin1String("bridge");
}

} // namespace

ContainerCreator::ContainerCreator(DockerClient &client, ContainerRemover &remover, QString managerId,
                                   std::function<bool(const QString &)> isInUse, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_remover(remover)
    , m_managerId(std::move(managerId))
    , m_isInUse(std::move(isInUse))
{
}

QFuture<Status> ContainerCreator::prepare()
{
    auto promise = std::make_shared<QPromise<Status>>();
    promise->start();
    whenFinished(m_client.isRootless(), this, [this, promise](const Result<bool> &isRootless) {
        if (isRootless)
            m_isRootless = *isRootless;
        promise->addResult(isRootless ? Status() : failure(isRootless.error()));
        promise->finish();
    });
    return promise->future();
}

QFuture<Status> ContainerCreator::ensureNetwork(const QString &network)
{
    if (isBuiltIn(network))
        return QtFuture::makeReadyFuture(Status());
    return m_client.ensureNetwork(network, {{dockerlabel::network, QStringLiteral("true")}});
}

ContainerUser ContainerCreator::userFor(const WorkerConfig &config) const
{
    return config.containerRoot ? ContainerUser() : ContainerUser::of(m_isRootless.value_or(false));
}

QFuture<Result<QString>> ContainerCreator::create(const StartRequest &request)
{
    Q_ASSERT(isPrepared());
    auto promise = std::make_shared<QPromise<Result<QString>>>();
    promise->start();
    const auto answer = [promise](const Result<QString> &result) {
        promise->addResult(result);
        promise->finish();
    };
    const QFuture<Result<StartRequest>> setUp = needsSetup(request.config)
                                                  ? QtConcurrent::run([request] { return setUpWorker(request); })
                                                  : QtFuture::makeReadyFuture(Result<StartRequest>(request));
    whenFinished(setUp, this, [this, answer](const Result<StartRequest> &ready) {
        if (ready)
            createFrom(*ready, answer);
        else
            answer(failure(ready.error()));
    });
    return promise->future();
}

/// Creates the container of a worker that is set up.
void ContainerCreator::createFrom(const StartRequest &request,
                                  const std::function<void(const Result<QString> &)> &answer)
{
    const ContainerUser user = ContainerUser::of(m_isRootless.value_or(false));
    whenFinished(m_client.inspectImage(imageOf(request.config)), this,
                 [this, request, user, answer](const Result<DockerImage> &image) {
                     if (!image) {
                         answer(failure(image.error()));
                         return;
                     }
                     whenFinished(ensureNetwork(request.config.network), this,
                                  [this, request, user, answer, image = *image](const Status &ensured) {
                                      if (!ensured) {
                                          answer(failure(ensured.error()));
                                          return;
                                      }
                                      const QJsonObject spec = containerSpec(request, image, user,
                                                                             ProcessIdentity::self());
                                      whenFinished(m_client.createContainer(containerName(request), spec), this,
                                                   answer);
                                  });
                 });
}

void ContainerCreator::releaseName(const StartRequest &request)
{
    whenFinished(m_client.inspectContainer(containerName(request)), this,
                 [this](const Result<DockerContainer> &container) {
                     if (container && container->labels.value(dockerlabel::manager) == m_managerId
                         && !m_isInUse(shortContainerId(container->id)))
                         std::ignore = m_remover.remove(container->id);
                 });
}

} // namespace lifeguard
