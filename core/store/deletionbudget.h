// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace lifeguard {

/// Decides how long a transaction may delete rows before it is committed, so that workers never wait longer than
/// maxHold for the write lock. Writing the changed pages at the end takes as long as many deletions, so the budget
/// follows what earlier transactions took as a whole. A value type.
class DeletionBudget
{
public:
    using microseconds = std::chrono::microseconds;

    static constexpr microseconds maxHold{20'000}; ///< the promise
    static constexpr microseconds target{5'000}; ///< leaves room for other programs that use the processor
    static constexpr microseconds minimum{200};

    /// Returns how long the next transaction may delete rows. It deletes at least one row.
    [[nodiscard]] microseconds limit() const { return m_limit; }
    /// Adapts the budget. held: how long the last transaction held the lock.
    void record(microseconds held);

private:
    microseconds m_limit{1'000};
};

} // namespace lifeguard
