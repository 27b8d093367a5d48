// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configwatcher.h"

#include "core/base/futurecallbacks.h"
#include "core/base/paths.h"
#include "core/config/configdiff.h"

#include <QFileInfo>
#include <QtConcurrent>

#include <utility>

namespace lifeguard {

ConfigWatcher::ConfigWatcher(const ConfigSelection &current, ConfigOptions options, ConfigTrust trust, QObject *parent)
    : QObject(parent)
    , m_found(current.found)
    , m_options(std::move(options))
    , m_trust(std::move(trust))
{
    if (current.result)
        m_configuration = current.result->configuration;
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ConfigWatcher::read);
    connect(&m_files, &QFileSystemWatcher::fileChanged, this, &ConfigWatcher::onChanged);
    connect(&m_files, &QFileSystemWatcher::directoryChanged, this, &ConfigWatcher::onChanged);
    watch();
    onChanged(); // the file may have changed since it was read
}

/// Watches all paths that are not watched yet. A file that was replaced is another file.
void ConfigWatcher::watch()
{
    QStringList paths{m_found.path, QFileInfo(m_found.path).path()};
    if (const QString target = canonicalPath(m_found.path); !target.isEmpty() && target != m_found.path)
        paths += {target, QFileInfo(target).path()};
    if (m_found.needsConsent())
        paths += {m_trust.file(), QFileInfo(m_trust.file()).path()};
    const QStringList watched = m_files.files() + m_files.directories();
    for (const QString &path : std::as_const(paths)) {
        if (!watched.contains(path) && QFileInfo::exists(path))
            m_files.addPath(path);
    }
}

void ConfigWatcher::onChanged()
{
    if (!m_timer.isActive())
        m_firstChange.start();
    if (m_firstChange.elapsed() < maxWait.count())
        m_timer.start(quietTime);
}

void ConfigWatcher::read()
{
    watch();
    m_isOutdated = m_isReading;
    if (m_isReading)
        return;
    m_isReading = true;
    const auto reading = QtConcurrent::run(
        [found = m_found, options = m_options, trust = m_trust] { return loadConfig(found, options, trust); });
    whenFinished(reading, this, [this](const ConfigSelection &selection) {
        m_isReading = false;
        if (m_isOutdated)
            read();
        else
            handle(selection);
    });
}

/// Returns why the version cannot be applied; empty if it can.
QString ConfigWatcher::refusalOf(const ConfigSelection &selection) const
{
    if (!selection.result)
        return errorLines(selection.result.error());
    if (selection.content.trimmed().isEmpty()) // a program may be writing it, and all pools would be stopped
        return tr("The configuration file %1 is empty.").arg(m_found.path);
    return selection.isAgreedTo ? QString() : consentText(m_found.path);
}

void ConfigWatcher::handle(const ConfigSelection &selection)
{
    const QString before = std::exchange(m_refusal, refusalOf(selection));
    if (!m_refusal.isEmpty()) {
        if (m_refusal != before)
            Q_EMIT refused(m_refusal);
    } else if (!configDiff(m_configuration, selection.result->configuration).isEmpty()) { // the order may differ
        m_configuration = selection.result->configuration;
        Q_EMIT changed(*selection.result);
    }
    Q_EMIT checked();
}

} // namespace lifeguard
