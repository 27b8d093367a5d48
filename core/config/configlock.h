// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <memory>

namespace lifeguard {

/// Holds the right to run a configuration file, which only one process of a user on this machine can have at a time. It
/// is a lock of the kernel on a file in the state folder, so that it ends with the process, whatever ends it.
class ConfigLock
{
public:
    /// Returns the lock. Busy: another process runs the same file; the message names it. Two paths that lead to one
    /// file are the same. folder: by default "run" in the state folder.
    [[nodiscard]] static Result<std::unique_ptr<ConfigLock>> acquire(const QString &configFile,
                                                                     const QString &folder = {});
    ~ConfigLock();
    Q_DISABLE_COPY_MOVE(ConfigLock)

private:
    ConfigLock(int descriptor, QString path) : m_descriptor(descriptor), m_path(std::move(path)) {}

    int m_descriptor;
    QString m_path;
};

} // namespace lifeguard
