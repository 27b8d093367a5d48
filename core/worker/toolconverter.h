// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/converter.h"

#include <memory>

namespace lifeguard {

class ToolProcess;

/// A converter that keeps programs open between jobs: how these go without anybody waiting for it.
class ToolConverter : public Converter
{
    Q_OBJECT

public:
    explicit ToolConverter(QObject *parent = nullptr);
    ~ToolConverter() override;

protected:
    /// finish() from the event loop: whoever called convert() does not expect its end from within.
    void finishSoon(Result<Conversion> result);
    virtual void finish(const Result<Conversion> &result) = 0;
    /// Kills the tool with all it started; it is deleted when all of that is gone, and tells nobody any more. May be null.
    void retire(std::unique_ptr<ToolProcess> tool);
    /// closed() follows when all tools that were retired are gone, after cleanUp().
    void closeWhenRetired();
    virtual void cleanUp() {}

private:
    void checkClosed();

    int m_leaving = 0; ///< tools that are being ended
    bool m_isClosing = false;
};

} // namespace lifeguard
