// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/submission.h"

namespace lifeguard {

Message Submission::counts() const
{
    QList<Message> parts{Message("submission_done", total, {completed})};
    if (failed > 0)
        parts.append(Message("submission_failed", failed, {}));
    if (cancelled > 0)
        parts.append(Message("submission_cancelled", cancelled, {}));
    return Message::list(parts);
}

} // namespace lifeguard
