// SPDX-License-Identifier: GPL-3.0-or-later
#include "requirement.h"

#include <cstdio>
#include <cstdlib>

namespace lifeguard::bench {

void require(bool condition, const QString &problem)
{
    if (condition)
        return;
    std::fprintf(stderr, "%s\n", qPrintable(problem));
    // Without the destructors of static objects, which threads of a manager may still use. Its workers end on their
    // own.
    std::_Exit(1);
}

} // namespace lifeguard::bench
