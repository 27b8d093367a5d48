// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/jobtypes.h"
#include "core/submit/planoptions.h"

#include <QByteArray>

namespace lifeguard {

/// The largest input of a job, in bytes: its content is stored in the job itself.
constexpr qint64 maxInputBytes = 100'000'000;

/// The use of a file in a plan.
struct InputClass
{
    enum class Kind {
        Input, ///< the file is converted by one or more jobs
        Companion, ///< the file is not converted, but jobs in its folder may read it
        Skipped, ///< the file is left out, with a reason
        Ignored, ///< the file is left out silently
    };

    Kind kind = Kind::Ignored;
    QString reason; ///< why it cannot be an input; for Companion and Skipped
    JobType type; ///< of an input
    QString format; ///< of the output of an input
    QByteArray content; ///< of an input; empty for types whose output names do not depend on it
    /// The names of the pages of a drawing, which may be empty; no names for other types, and for a drawing that cannot
    /// be read, whose job will report the reason.
    QStringList pages = {};
};

/// Decides whether a file is converted, and by jobs of which type. Reads the file if the decision depends on its
/// content. Do not use it on the GUI thread.
class InputClassifier
{
public:
    /// options must outlive this object.
    explicit InputClassifier(const PlanOptions &options) : m_options(options) {}

    /// isNamed: whether the user named the file itself, and not a folder that contains it. An explicit type then
    /// applies to it, regardless of its suffix.
    [[nodiscard]] InputClass classify(const QString &path, bool isNamed) const;

private:
    [[nodiscard]] std::optional<JobType> typeOf(const QString &path, bool isNamed) const;
    [[nodiscard]] QString formatFor(const JobType &type) const;

    const PlanOptions &m_options;
};

} // namespace lifeguard
