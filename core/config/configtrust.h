// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// The configuration files in workspaces whose content the user has agreed to. Each is remembered by the SHA-256 hash
/// of its path and content, so that a change requires a new consent. The list is a file of the user (mode 0600) that
/// is replaced atomically. Safe to use from several processes; blocks for reading and writing a small file.
class ConfigTrust
{
public:
    /// file: by default $XDG_DATA_HOME/lifeguard/trusted-configs.
    explicit ConfigTrust(QString file = defaultFile());

    /// Returns whether the user has agreed to this content. A list that other users can change counts as empty.
    [[nodiscard]] bool isTrusted(const QString &path, const QByteArray &content) const;
    /// Remembers that the user has agreed to this content, and forgets other contents of the same path.
    [[nodiscard]] Status trust(const QString &path, const QByteArray &content);
    /// Forgets the file, whatever its content is. Returns whether it was in the list.
    [[nodiscard]] Result<bool> untrust(const QString &path);

    [[nodiscard]] const QString &file() const { return m_file; }
    [[nodiscard]] static QString defaultFile();

private:
    [[nodiscard]] QStringList lines() const;
    [[nodiscard]] Result<bool> change(const QString &path, const QString &added);

    QString m_file;
};

} // namespace lifeguard
