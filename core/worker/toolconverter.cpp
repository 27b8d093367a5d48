// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/toolconverter.h"

#include "core/worker/toolprocess.h"

namespace lifeguard {

ToolConverter::ToolConverter(QObject *parent)
    : Converter(parent)
{
}

ToolConverter::~ToolConverter() = default;

void ToolConverter::finishSoon(Result<Conversion> result)
{
    QMetaObject::invokeMethod(this, [this, result = std::move(result)] { finish(result); }, Qt::QueuedConnection);
}

void ToolConverter::retire(std::unique_ptr<ToolProcess> tool)
{
    if (!tool)
        return;
    // QProcess must not wait for its end in its destructor: it is killed, and deleted when it has ended.
    ToolProcess *const leaving = tool.release();
    leaving->disconnect(this);
    leaving->setParent(this);
    if (!leaving->isRunning()) {
        leaving->deleteLater();
        return;
    }
    ++m_leaving;
    connect(leaving, &ToolProcess::ended, this, [this, leaving] {
        leaving->deleteLater();
        --m_leaving;
        checkClosed();
    });
    leaving->killTree();
}

void ToolConverter::closeWhenRetired()
{
    m_isClosing = true;
    checkClosed();
}

void ToolConverter::checkClosed()
{
    if (!m_isClosing || m_leaving > 0)
        return;
    cleanUp();
    Q_EMIT closed();
}

} // namespace lifeguard
