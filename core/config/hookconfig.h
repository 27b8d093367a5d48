// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace lifeguard {

struct ConfigError;

/// A command or a webhook that is called when something happens. Comes only from the configuration of the manager,
/// never from the database. A value type; validate it before use.
struct HookConfig
{
    static constexpr seconds maxTimeout{3600};

    QStringList events; ///< stored names of event kinds: "submission_ended", "worker_failed", …
    QStringList command; ///< program and arguments; empty for a webhook
    QString url; ///< http:// or https://; may contain a secret; empty for a command
    seconds timeout{30}; ///< after which the command is killed, or the request is given up

    bool operator==(const HookConfig &) const = default;

    /// Returns all errors; an empty list if the configuration is valid. The fields are "events", "command", "url" and
    /// "timeout".
    [[nodiscard]] QList<ConfigError> validate() const;
    /// Returns the names of all events: the stored names of EventKind (core/model/eventkind.h).
    [[nodiscard]] static QStringList eventNames();
};

} // namespace lifeguard
