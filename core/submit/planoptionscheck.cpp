// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/planoptionscheck.h"

#include "core/config/jobtypes.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PlanOptionsCheck", text);
}

Result<QStringList> possibleFormats(const QString &typeName)
{
    QStringList formats;
    if (typeName.isEmpty()) {
        for (const JobType &type : jobTypes())
            formats += type.formats;
        formats.removeDuplicates();
        return formats;
    }
    const std::optional<JobType> type = jobType(typeName);
    if (!type)
        return failure(ErrorCode::InvalidArgument, tr("There is no converter for the job type '%1'.").arg(typeName));
    if (type->inputSuffixes.isEmpty())
        return failure(ErrorCode::InvalidArgument, tr("Jobs of type '%1' have no input files.").arg(typeName));
    return type->formats;
}

Status checkFormats(const PlanOptions &options)
{
    const Result<QStringList> formats = possibleFormats(options.type);
    if (!formats)
        return failure(formats.error());
    for (auto chosen = options.formats.cbegin(); chosen != options.formats.cend(); ++chosen) {
        const std::optional<JobType> type = jobType(chosen.key());
        if (!type || !type->formats.contains(chosen.value())) {
            return failure(ErrorCode::InvalidArgument,
                           tr("Jobs of type %1 cannot produce the format '%2'.").arg(chosen.key(), chosen.value()));
        }
    }
    if (!options.format.isEmpty() && !formats->contains(options.format)) {
        return failure(ErrorCode::InvalidArgument, tr("There is no format '%1'. Possible formats: %2.")
                                                       .arg(options.format, formats->join(QStringLiteral(", "))));
    }
    return {};
}

Status checkNotebookOptions(const PlanOptions &options)
{
    if (!options.kind.isEmpty() && !notebookKinds().contains(options.kind)) {
        return failure(ErrorCode::InvalidArgument, tr("There is no kind '%1'. Possible kinds: %2.")
                                                       .arg(options.kind, notebookKinds().join(QStringLiteral(", "))));
    }
    static const QRegularExpression language(QStringLiteral("^[A-Za-z0-9_-]*$"));
    if (!language.match(options.language).hasMatch()) {
        return failure(ErrorCode::InvalidArgument,
                       tr("'%1' is not a language code, such as 'en' or 'de'.").arg(options.language));
    }
    return {};
}

} // namespace

Status checkPlanOptions(const PlanOptions &options, const PlanPaths &paths)
{
    if (const Status formats = checkFormats(options); !formats)
        return failure(formats.error());
    if (const Status notebooks = checkNotebookOptions(options); !notebooks)
        return failure(notebooks.error());
    if (!paths.isOutputFolderInWorkspace()) {
        return failure(
            ErrorCode::InvalidArgument,
            tr("The output folder %1 lies outside the workspace %2. Workers write outputs only inside the workspace.")
                .arg(paths.outputFolder(), paths.workspace()));
    }
    return {};
}

} // namespace lifeguard
