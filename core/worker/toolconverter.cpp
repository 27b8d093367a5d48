// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/toolconverter.h"

#include "core/worker/toolprocess.h"

namespace lifeguard {

ToolConverter::ToolConverter(QObject *parent) : Converter(parent) {}

ToolConverter::~ToolConverter() = default;

void ToolConverter::finishLater(Result<Conversion> result)
{
    QMetaObject::invokeMethod(
        this, [this, result = std::move(result)] { finish(result); }, Qt::QueuedConnection);
}

void ToolConverter::retire(std::unique_ptr<ToolProcess> tool)
{
    if (!tool)
        return;
    // Delete the tool after the end of its process: the destructor of a running QProcess would block until then.
    ToolProcess *const retired = tool.release();
    retired->disconnect(this);
    retired->setParent(this);
    if (!retired->isRunning()) {
        retired->deleteLater();
        return;
    }
    ++m_retiredTools;
    connect(retired, &ToolProcess::ended, this, [this, retired] {
        retired->deleteLater();
        --m_retiredTools;
        checkClosed();
    });
    retired->killTree();
}

void ToolConverter::closeWhenRetired()
{
    m_isClosing = true;
    checkClosed();
}

void ToolConverter::checkClosed()
{
    if (!m_isClosing || m_retiredTools > 0)
        return;
    cleanUp();
    Q_EMIT closed();
}

} // namespace lifeguard
