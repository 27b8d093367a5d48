// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTemporaryDir>

namespace lifeguard::test {

/// A file system of a few hundred KB in memory, mounted until the end of the object. Needs root.
class SmallDisk
{
public:
    /// folder: an existing folder to mount it on; if empty, a temporary folder is used.
    explicit SmallDisk(const QString &folder = {});
    ~SmallDisk();
    Q_DISABLE_COPY_MOVE(SmallDisk)

    /// Returns whether it could be mounted.
    [[nodiscard]] bool isMounted() const { return m_isMounted; }
    [[nodiscard]] QString path() const { return m_path; }
    /// Unmounts it, so that the empty folder below appears.
    void unmount();
    /// Writes a file until no space is left.
    void fill() const;
    /// Removes that file.
    void free() const;
    /// Makes the file system read-only, or writable again. Returns false if that fails.
    [[nodiscard]] bool setReadOnly(bool isReadOnly) const;

private:
    [[nodiscard]] QByteArray fillerName() const;

    QTemporaryDir m_folder;
    QString m_path;
    bool m_isMounted = false;
};

} // namespace lifeguard::test
