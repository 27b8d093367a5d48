// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>

#include <tl/expected.hpp>

namespace lifeguard {

/// The kind of an error, for retry logic and exit codes. Error::message is the text for the user.
enum class ErrorCode {
    InvalidArgument, ///< usage or configuration
    NotFound,
    PermissionDenied,
    Busy, ///< another process has locked the database; the same call may succeed later
    DiskFull,
    Corrupt,
    Foreign, ///< not a database, or a database of neither CLX nor Lifeguard
    TooNew, ///< written by a newer version that this program cannot handle
    ReadOnly,
    Database, ///< any other database error
    Unreachable, ///< a disk or network share does not respond, or is gone
    OutOfResources, ///< too many open files or processes, or not enough memory
    ToolMissing, ///< a program that all jobs of the type need
    RequirementMissing, ///< something that this job names, such as a kernel
    ToolFailed,
    TimedOut,
    Cancelled,
    LeaseLost, ///< another worker has the job: discard the result
    WorkerDead, ///< the worker's own row is marked dead, or was deleted: claim nothing more and exit
    Io,
    Internal,
};

/// An error: a code for the program, a sentence for the user (what happened, where, what to do), and a detail for logs
/// and detail panes (the output of a tool, an SQL error).
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    QString message;
    QString detail;

    bool operator==(const Error &) const = default;
};

/// Returns whether the same call may succeed a moment later: a lock was held, a disk was full, a file could not be
/// reached.
[[nodiscard]] inline bool isTransient(const Error &error)
{
    return error.code == ErrorCode::Busy || error.code == ErrorCode::DiskFull || error.code == ErrorCode::Io;
}

/// A value or an Error. Functions that can fail return this; no exception leaves a slot or a thread function.
template<typename T>
using Result = tl::expected<T, Error>;

/// Success or an Error, for functions that return no value.
using Status = Result<void>;

/// Returns an error that converts to any Result.
[[nodiscard]] inline tl::unexpected<Error> failure(ErrorCode code, QString message, QString detail = {})
{
    return tl::unexpected<Error>(Error{code, std::move(message), std::move(detail)});
}

/// Returns the error of another result, in order to propagate it: `return failure(result.error());`.
[[nodiscard]] inline tl::unexpected<Error> failure(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace lifeguard

Q_DECLARE_METATYPE(lifeguard::Error)
