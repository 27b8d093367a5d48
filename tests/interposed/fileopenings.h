// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

namespace lifeguard::test {

/// Calls a function whenever this program, including SQLite, opens a file: other programs may change it at that moment.
/// Implemented by functions that replace those of the C library in programs that use this class. One object at a time,
/// and one thread.
class FileOpenings
{
public:
    enum class Moment { Before, After };
    using Function = std::function<void(Moment moment, int number)>; ///< number: 1 for the first opening

    FileOpenings(const QString &path, const Function &function);
    ~FileOpenings();
    Q_DISABLE_COPY_MOVE(FileOpenings)

    /// Returns how often the file was opened.
    [[nodiscard]] static int count();
    /// Returns how many files and folders this program has opened since it was started. Needs no object; any thread.
    [[nodiscard]] static int total();
};

} // namespace lifeguard::test
