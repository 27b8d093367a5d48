// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/converter.h"

#include <memory>

namespace lifeguard {

class ToolProcess;

/// Base class of converters that keep programs running between jobs. Ends those programs without blocking.
class ToolConverter : public Converter
{
    Q_OBJECT

public:
    explicit ToolConverter(QObject *parent = nullptr);
    ~ToolConverter() override;

protected:
    /// Calls finish() from the event loop, for results that are known before convert() returns.
    void finishLater(Result<Conversion> result);
    virtual void finish(const Result<Conversion> &result) = 0;
    /// Kills a tool and all processes that it has started, and deletes the object when all of them have ended.
    /// Disconnects its signals from this object. tool may be null.
    void retire(std::unique_ptr<ToolProcess> tool);
    /// Emits closed() when all retired tools have ended, after calling cleanUp().
    void closeWhenRetired();
    virtual void cleanUp() {}

private:
    void checkClosed();

    int m_retiredTools = 0; ///< tools that have not ended yet
    bool m_isClosing = false;
};

} // namespace lifeguard
