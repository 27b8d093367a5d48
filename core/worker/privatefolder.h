// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <memory>

namespace lifeguard {

/// A temporary folder for a worker's tool that only this user can access. The destructor removes it. Managers
/// remove the folders of killed workers when they start and end. Any thread.
class PrivateFolder
{
public:
    /// Creates a folder whose name begins with name, which consists of letters and dashes ("lifeguard-notebook").
    [[nodiscard]] static Result<std::unique_ptr<PrivateFolder>> create(const QString &name);
    ~PrivateFolder();
    Q_DISABLE_COPY_MOVE(PrivateFolder)

    [[nodiscard]] const QString &path() const { return m_path; }

private:
    PrivateFolder(QString path, int lock) : m_path(std::move(path)), m_lock(lock) {}

    const QString m_path;
    const int m_lock; ///< held while the folder is in use
};

} // namespace lifeguard
