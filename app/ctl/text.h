// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>

namespace lifeguard::ctl {

/// The translation context of lifeguardctl: Text::tr("…").
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguardctl)
};

} // namespace lifeguard::ctl
