// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QtGlobal>

#include <cstddef>
#include <memory>

namespace lifeguard {

/// A small file that programs map into their memory to share numbers. It is all zeros at first; the last program that
/// closes it deletes it. Other users of the database, such as containers that run untrusted notebooks, can write
/// anything to it, so that nothing may depend on its content but speed.
class SharedFile
{
public:
    /// Opens the file, and creates it if necessary. Returns null if it cannot be used, for example because the folder
    /// is read-only.
    [[nodiscard]] static std::unique_ptr<SharedFile> open(const QString &path, size_t size);
    ~SharedFile();
    Q_DISABLE_COPY_MOVE(SharedFile)

    /// Returns the content, as a structure of atomic numbers. Valid as long as this object.
    template<typename State>
    [[nodiscard]] State *state() const
    {
        return static_cast<State *>(m_memory);
    }

private:
    SharedFile(QString path, int file, void *memory, size_t size);

    QString m_path;
    int m_file;
    void *m_memory;
    size_t m_size;
};

} // namespace lifeguard
