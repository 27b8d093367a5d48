// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>

namespace lifeguard {
Q_DECLARE_LOGGING_CATEGORY(lcHttp) ///< as the categories of core/base/logging.h
} // namespace lifeguard
