// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/jobtypes.h"
#include "core/submit/planoptions.h"

#include <QByteArray>

namespace lifeguard {

/// The largest input of a job, in bytes: its content is stored in the job itself.
constexpr qint64 maxInputBytes = 100'000'000;

/// What a plan does with a file.
struct InputClass
{
    enum class Kind {
        Input, ///< jobs are made of it
        Companion, ///< no job is made of it, but jobs in its folder may read it
        Skipped, ///< left out, with a reason
        Ignored, ///< left out silently
    };

    Kind kind = Kind::Ignored;
    QString reason; ///< why it cannot be an input; for Companion and Skipped
    JobType type; ///< of an input
    QString format; ///< of the output of an input
    QByteArray content; ///< of an input; empty for types whose outputs do not depend on it
};

/// Decides whether jobs are made of a file, and of which type. Reads the file if that depends on its content. Not for the GUI
/// thread.
class InputClassifier
{
public:
    /// options must outlive this object.
    explicit InputClassifier(const PlanOptions &options)
        : m_options(options)
    {
    }

    /// isNamed: whether the user named the file itself, and not a folder that contains it. Then an explicit type applies to it
    /// whatever its suffix is.
    [[nodiscard]] InputClass classify(const QString &path, bool isNamed) const;

private:
    [[nodiscard]] QString formatFor(const JobType &type) const;

    const PlanOptions &m_options;
};

} // namespace lifeguard
