// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <memory>

namespace lifeguard {

/// A folder for one worker's tool, in the folder of temporary files, that only this user can enter. It goes with the object;
/// what a worker that was killed has left is removed when the next one of the name is made. Any thread.
class PrivateFolder
{
public:
    /// name: of letters and dashes ("lifeguard-notebook").
    [[nodiscard]] static Result<std::unique_ptr<PrivateFolder>> make(const QString &name);
    ~PrivateFolder();
    Q_DISABLE_COPY_MOVE(PrivateFolder)

    [[nodiscard]] const QString &path() const { return m_path; }

private:
    PrivateFolder(QString path, int lock)
        : m_path(std::move(path))
        , m_lock(lock)
    {
    }

    const QString m_path;
    const int m_lock; ///< held as long as the folder is in use
};

} // namespace lifeguard
