// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>

#include <tl/expected.hpp>

namespace lifeguard {

/// What went wrong, for retry logic and exit codes. The words for the user are in Error::message.
enum class ErrorCode {
    InvalidArgument, ///< usage or configuration
    NotFound,
    PermissionDenied,
    Busy, ///< the database is locked by somebody else; the same call may work later
    DiskFull,
    Corrupt,
    Foreign, ///< not a database, or not one of CLX's or ours
    TooNew, ///< made by a newer version than this program knows
    ReadOnly,
    Database, ///< any other error of the database
    ToolMissing,
    ToolFailed,
    TimedOut,
    Cancelled,
    LeaseLost, ///< somebody else has the job: drop the result
    WorkerDead, ///< the worker's own row says dead, or is gone: claim nothing more and exit
    Io,
    Internal,
};

/// One failure: a code for the program, a sentence for the user (what, where, what to do), and a detail for logs and
/// detail panes (a tool's output, an SQL error).
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    QString message;
    QString detail;

    bool operator==(const Error &) const = default;
};

/// Whether the same call may work a moment later: somebody keeps the lock, a disk was full, a file could not be reached.
[[nodiscard]] inline bool isTransient(const Error &error)
{
    return error.code == ErrorCode::Busy || error.code == ErrorCode::DiskFull || error.code == ErrorCode::Io;
}

/// A value, or why there is none. Functions that can fail return this; no exception leaves a slot or a thread function.
template<typename T>
using Result = tl::expected<T, Error>;

/// Success or an Error, for calls that have nothing to return.
using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> failure(ErrorCode code, QString message, QString detail = {})
{
    return tl::unexpected<Error>(Error{code, std::move(message), std::move(detail)});
}

[[nodiscard]] inline tl::unexpected<Error> failure(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::Error)
