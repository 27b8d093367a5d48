// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pool/moderesolver.h"

#include "core/base/futurecallbacks.h"
#include "core/executor/containerspec.h"
#include "core/pool/pooljournal.h"
#include "core/pool/pooltable.h"
#include "core/pool/scheduler.h"

namespace lifeguard {

ModeResolver::ModeResolver(Scheduler &scheduler, PoolTable &pools, ContainerEngine &engine, PoolJournal &journal,
                           QObject *parent)
    : QObject(parent)
    , m_scheduler(scheduler)
    , m_pools(pools)
    , m_engine(engine)
    , m_journal(journal)
{
}

WorkerPool *ModeResolver::findSettling(const QString &pool, int round)
{
    WorkerPool *found = m_pools.find(pool);
    return found && found->isSettling(round) ? found : nullptr;
}

void ModeResolver::resolve(WorkerPool &pool)
{
    const int round = ++m_rounds;
    pool.beginSettling(round);
    const WorkerConfig requested = pool.requestedConfig();
    if (!needsDocker(requested)) {
        apply(pool, chooseMode(requested, {}));
        return;
    }
    const QString image = imageOf(requested);
    pool.setSettlingProgress(Message("image_check", {image}));
    Q_EMIT changed();
    if (requested.mode == ExecutionMode::Auto) {
        m_scheduler.callAfter(autoTimeout, this, [this, name = pool.name(), round] {
            const ImageInspection silence{Error{ErrorCode::TimedOut, tr("Docker does not respond"), {}}, {}, {}};
            onInspected(name, round, silence);
        });
    }
    whenFinished(m_engine.inspectImage(image), this,
                 [this, name = pool.name(), round](const ImageInspection &inspection) {
                     onInspected(name, round, inspection);
                 });
}

void ModeResolver::onInspected(const QString &pool, int round, const ImageInspection &inspection)
{
    WorkerPool *found = findSettling(pool, round);
    if (!found)
        return;
    const WorkerConfig requested = found->requestedConfig();
    const ModeChoice choice = chooseMode(requested, inspection);
    if (!choice.needsPull) {
        apply(*found, choice);
        return;
    }
    whenFinished(m_engine.ensureImage(imageOf(requested)), this, [this, pool, round, choice](const Status &ensured) {
        if (WorkerPool *waiting = findSettling(pool, round))
            apply(*waiting, ensured ? choice : ModeChoice{{}, Message::literal(ensured.error().message)});
    });
}

void ModeResolver::apply(WorkerPool &pool, const ModeChoice &choice)
{
    const QString name = pool.name();
    if (!choice.mode) {
        if (pool.failSettling(choice.reason)) {
            m_journal.recordEvent(EventKind::PoolCrashLooping,
                                  Message("pool_cannot_start", {name, choice.reason.asArgument()}), pool);
        }
    } else {
        pool.settle(*choice.mode, choice.reason);
        if (!choice.reason.isEmpty())
            m_journal.recordEvent(EventKind::PoolMode, Message("pool_mode", {name, choice.reason.asArgument()}), pool);
        Q_EMIT settled(name);
    }
    Q_EMIT changed();
}

void ModeResolver::showProgress(const QString &image, const Message &progress)
{
    for (auto &[name, pool] : m_pools.all()) {
        if (imageOf(pool.requestedConfig()) == image)
            pool.setSettlingProgress(progress);
    }
    Q_EMIT changed();
}

} // namespace lifeguard
