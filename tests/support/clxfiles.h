// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace lifeguard::test {

/// A database of CLX or CLM: made at one version of their schema, and migrated to another by them.
struct ClxFile
{
    int made = 1; ///< the version that made the tables: their CHECKs stay, and the order of these columns
    int version = 1; ///< the newest version applied: what it added stands at the end, by ALTER TABLE

    bool operator==(const ClxFile &) const = default;
};

/// "version 4", "version 1, migrated to 11".
[[nodiscard]] QString nameOf(const ClxFile &file);
/// Every version made new, and every version migrated from 1: what users have.
[[nodiscard]] QList<ClxFile> usualClxFiles();
/// Every version made new, and migrated from every older one.
[[nodiscard]] QList<ClxFile> allClxFiles();

/// The statements that make it, separated by semicolons; no rows but those of schema_version.
[[nodiscard]] QString clxScript(const ClxFile &file);
/// The names of a table's columns, in their order; empty where the file has no such table.
[[nodiscard]] QStringList columnsOf(const ClxFile &file, const QString &table);

/// What the CHECKs allow: by the version that made the file, not by the one it was migrated to.
[[nodiscard]] QStringList jobStatusesOf(const ClxFile &file);
[[nodiscard]] QStringList workerStatusesOf(const ClxFile &file);

/// What makeClxFile() writes, so that a test can say what must be shown.
namespace sample {
constexpr int pendingNoops = 4; ///< what a worker finds to do
constexpr int failed = 3; ///< plain text and CLM's JSON, without completed_at; and one that ended
constexpr auto cellError = R"({"error_message": "NameError: name 'x' is not defined\nin cell 7", "error_class": "NameError", "category": "user", )"
                           R"("actionable_guidance": "Define x before cell 7.", "cell_number": 7})";
constexpr auto plainError = "Conversion failed: no such file";
constexpr auto busyWorker = "clx-worker-busy"; ///< of a program that still works; its job is to be left alone
constexpr auto deadWorker = "clx-worker-dead"; ///< its job is left behind
} // namespace sample

/// Makes the file with some rows in all its tables, closed and with nothing beside it. wal: in WAL mode, as some of their
/// versions leave it; otherwise with a rollback journal.
void makeClxFile(const QString &path, const ClxFile &file, bool wal);

} // namespace lifeguard::test
