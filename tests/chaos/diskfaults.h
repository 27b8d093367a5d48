// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/chaos/faultcontext.h"

namespace lifeguard::chaos {

/// Fills the file system of the workspace, or makes it read-only, for a time.
class DiskFaults
{
public:
    explicit DiskFaults(FaultContext &context);

    [[nodiscard]] std::vector<Fault> faults();

private:
    void fill();
    void makeReadOnly();

    FaultContext &m_context;
    bool m_isBroken = false; ///< one fault of this kind lasts
};

} // namespace lifeguard::chaos
