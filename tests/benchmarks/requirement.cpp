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
    std::exit(1);
}

} // namespace lifeguard::bench
