// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/progressindicator.h"

#include "core/submit/jobadder.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include <chrono>

namespace lifeguard {

ProgressIndicator::ProgressIndicator(QWidget *parent)
    : QWidget(parent)
    , m_text(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_cancel(new QToolButton(this))
{
    setObjectName(QStringLiteral("progressIndicator"));
    m_text->setObjectName(QStringLiteral("progressText"));
    m_bar->setObjectName(QStringLiteral("progressBar"));
    m_bar->setAccessibleName(tr("Adding jobs"));
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(120);
    m_cancel->setObjectName(QStringLiteral("cancelProgressButton"));
    m_cancel->setIcon(theme::icon(QStringLiteral("dialog-cancel"), palette()));
    m_cancel->setAccessibleName(tr("Cancel adding jobs"));
    m_cancel->setFocusPolicy(Qt::StrongFocus);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_text);
    layout->addWidget(m_bar);
    layout->addWidget(m_cancel);
    hide();
    m_delay.setSingleShot(true);
    m_delay.setInterval(std::chrono::milliseconds(500));
    connect(&m_delay, &QTimer::timeout, this, &QWidget::show);
    connect(m_cancel, &QToolButton::clicked, this, &ProgressIndicator::cancelRequested);
}

void ProgressIndicator::setState(const AddingState &state)
{
    if (!state.active) {
        m_delay.stop();
        hide();
        return;
    }
    if (isHidden() && !m_delay.isActive()) {
        m_delay.start();
    }
    if (m_text->text() != state.text) {
        m_text->setText(state.text);
        m_bar->setAccessibleName(state.text);
    }
    // A thousand steps: bytes do not fit into the bar's int.
    m_bar->setRange(0, state.total > 0 ? 1000 : 0);
    m_bar->setValue(state.total > 0 ? int(double(state.done) / double(state.total) * 1000) : 0);
    m_cancel->setEnabled(state.notCancellable.isEmpty());
    m_cancel->setToolTip(state.notCancellable.isEmpty() ? tr("Cancel without adding jobs") : state.notCancellable);
}

} // namespace lifeguard
