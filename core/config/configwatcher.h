// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/config/configloader.h"

#include <QElapsedTimer>
#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace lifeguard {

/// Watches a configuration file, and reads it again when it has changed. Also watches its folder, because editors
/// replace the file, and the list of trusted files if the file needs a consent. Reads in another thread. A version with
/// errors, without consent or without content is reported and otherwise ignored.
class ConfigWatcher : public QObject
{
    Q_OBJECT

public:
    static constexpr milliseconds quietTime{200}; ///< the file is read when it has not changed for this long
    static constexpr milliseconds maxWait{2000}; ///< but at least this long after the first change

    /// current: the version that applies now. options: those with which it was read.
    ConfigWatcher(const ConfigSelection &current, ConfigOptions options, ConfigTrust trust = ConfigTrust(),
                  QObject *parent = nullptr);

Q_SIGNALS:
    /// The file contains another configuration. Not emitted for changes of comments, order and spelling.
    void changed(const lifeguard::LoadedConfiguration &loaded);
    /// The new version cannot be applied. Emitted once for each version. reason: lines of text.
    void refused(const QString &reason);
    /// The file was read again. Emitted after changed() or refused(), if they are emitted.
    void checked();

private:
    void watch();
    void onChanged();
    void read();
    void handle(const ConfigSelection &selection);
    [[nodiscard]] QString refusalOf(const ConfigSelection &selection) const;

    const FoundConfig m_found;
    const ConfigOptions m_options;
    const ConfigTrust m_trust;
    QFileSystemWatcher m_files;
    QTimer m_timer;
    QElapsedTimer m_firstChange; ///< valid while m_timer is active
    bool m_isReading = false;
    bool m_isOutdated = false; ///< the file has changed since reading began
    Configuration m_configuration; ///< the last one reported
    QString m_refusal; ///< the last one reported; empty: the last version was usable
};

} // namespace lifeguard
