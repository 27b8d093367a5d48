// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace lifeguard::test {

/// A database of CLX or CLM: created with one version of their schema, and migrated by CLX to another one.
struct ClxFile
{
    int createdVersion = 1; ///< the version that created the tables: their CHECKs and the order of their columns do not
                            ///< change
    int version = 1; ///< the newest version that was applied; ALTER TABLE added its columns at the end

    bool operator==(const ClxFile &) const = default;
};

/// Returns a name for test rows: "version 4", "version 1, migrated to 11".
[[nodiscard]] QString nameOf(const ClxFile &file);
/// Returns the files that users have: new ones of every version, and those migrated from version 1 to every version.
[[nodiscard]] QList<ClxFile> usualClxFiles();
/// Returns new files of every version, and files migrated from every version to every newer one.
[[nodiscard]] QList<ClxFile> allClxFiles();

/// Returns the statements that create the file, separated by semicolons. Only schema_version has rows.
[[nodiscard]] QString clxScript(const ClxFile &file);
/// Returns the names of a table's columns, in their order; empty if the file does not have the table.
[[nodiscard]] QStringList columnsOf(const ClxFile &file, const QString &table);

/// Return the texts that the CHECKs accept, which depend on the version that created the file.
[[nodiscard]] QStringList jobStatusesOf(const ClxFile &file);
[[nodiscard]] QStringList workerStatusesOf(const ClxFile &file);

/// The content that makeClxFile() writes.
namespace sample {
constexpr int pendingNoops = 4; ///< jobs that a worker can claim
constexpr int failed = 3; ///< one with a plain text and one with CLM's JSON, both without completed_at, and one with
                          ///< completed_at
constexpr auto cellError =
    R"({"error_message": "NameError: name 'x' is not defined\nin cell 7", "error_class": "NameError", "category": "user", )"
    R"("actionable_guidance": "Define x before cell 7.", "cell_number": 7})";
constexpr auto plainError = "Conversion failed: no such file";
constexpr auto busyWorker = "clx-worker-busy"; ///< of a program that still runs; its job must not be returned
constexpr auto deadWorker = "clx-worker-dead"; ///< its job must be returned
} // namespace sample

/// Creates the file with some rows in all of its tables, and closes it, so that no log remains. wal: in WAL mode, as
/// some versions of CLX create it; otherwise with a rollback journal.
void makeClxFile(const QString &path, const ClxFile &file, bool wal);

/// Changes the table of workers like CLM's migration to version 7. Returns the error; an empty text if it succeeds.
[[nodiscard]] QString migrateLikeClm(const QString &path);

} // namespace lifeguard::test
