// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/preparedoutput.h"

#include "core/worker/sourcehashes.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace lifeguard {
namespace {

/// Returns whether the output, and the files that were made with it, are those that a conversion would make now. The
/// sources have local paths.
bool isUpToDate(const Fingerprint &fingerprint, const QString &contentHash, const QString &rules, const QString &target)
{
    if (fingerprint.contentHash != contentHash || fingerprint.rules != rules
        || !matchesMetadata(target, fingerprint.output))
        return false;
    const QDir folder(QFileInfo(target).path());
    const auto isKept = [&folder](const Fingerprint::Further &further) {
        return matchesMetadata(folder.filePath(further.name), further.metadata);
    };
    return std::all_of(fingerprint.further.cbegin(), fingerprint.further.cend(), isKept)
        && changedSource(fingerprint.sources).isEmpty();
}

} // namespace

PreparedOutput prepareOutputOf(const Job &job, const std::optional<OutputOwner> &owner,
                               const QList<WorkspaceCheck> &checks, const KnownOutput &known, const QString &rules)
{
    PreparedOutput prepared;
    prepared.status = checks.constFirst().check();
    if (!prepared.status)
        return prepared;
    OutputFolders folders(checks.constFirst().folder());
    for (const WorkspaceCheck &check : checks.mid(1))
        folders.roots.append(check.folder());
    const Result<OutputPath> output = resolveOutputPath(job, folders);
    if (!output) {
        prepared.status = failure(output.error());
        return prepared;
    }
    prepared.output = *output;
    prepared.output.owner = owner;
    for (const WorkspaceCheck &check : checks.mid(1)) {
        if (check.folder() == output->folder)
            prepared.status = check.check();
    }
    if (!prepared.status)
        return prepared;
    prepared.isUnchanged = known.cached && known.fingerprint && !output->target.isEmpty()
                        && matchesMetadata(output->target, *known.cached)
                        && isUpToDate(*known.fingerprint, job.contentHash, rules, output->target);
    if (!prepared.isUnchanged)
        prepared.status = prepareOutput(job, prepared.output, folders);
    return prepared;
}

} // namespace lifeguard
