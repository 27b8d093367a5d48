// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/httplog.h"

namespace lifeguard {
Q_LOGGING_CATEGORY(lcHttp, "lifeguard.http", QtWarningMsg)
} // namespace lifeguard
