// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/diagnosis.h"

#include <algorithm>

namespace lifeguard {

const ProcessFacts *Diagnosis::tool() const
{
    const ProcessFacts *ended = nullptr;
    for (const ProcessFacts &process : processes) {
        if (process.depth != 1)
            continue;
        if (!process.hasEnded())
            return &process;
        if (!ended)
            ended = &process;
    }
    return ended;
}

bool Diagnosis::isInProgress() const
{
    const auto inProgress = [](const StackTrace &stack) { return stack.inProgress; };
    return visibility == ProcessVisibility::NotRead || measuring
        || std::any_of(stacks.cbegin(), stacks.cend(), inProgress);
}

} // namespace lifeguard
