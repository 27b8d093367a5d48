// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/logging.h"

namespace lifeguard {
Q_LOGGING_CATEGORY(lcBase, "lifeguard.base", QtWarningMsg)
Q_LOGGING_CATEGORY(lcStore, "lifeguard.store", QtWarningMsg)
Q_LOGGING_CATEGORY(lcDocker, "lifeguard.docker", QtWarningMsg)
Q_LOGGING_CATEGORY(lcExecutor, "lifeguard.executor", QtWarningMsg)
Q_LOGGING_CATEGORY(lcHealth, "lifeguard.health", QtWarningMsg)
Q_LOGGING_CATEGORY(lcPool, "lifeguard.pool", QtWarningMsg)
Q_LOGGING_CATEGORY(lcWorker, "lifeguard.worker", QtWarningMsg)
Q_LOGGING_CATEGORY(lcUi, "lifeguard.ui", QtWarningMsg)
} // namespace lifeguard
