// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/diagnosisdialog.h"

#include "core/health/diagnosisconclusion.h"
#include "core/health/diagnosisreport.h"
#include "ui/theme/icons.h"
#include "ui/theme/stateappearance.h"
#include "ui/theme/theme.h"
#include "ui/views/readonlytextview.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace lifeguard {

DiagnosisDialog::DiagnosisDialog(const WorkerInfo &worker, QWidget *parent)
    : QDialog(parent)
    , m_worker(worker)
    , m_shape(new QLabel(this))
    , m_conclusion(new QLabel(this))
    , m_status(new QLabel(this))
    , m_view(new ReadOnlyTextView(QStringLiteral("diagnosisView"), this))
{
    setObjectName(QStringLiteral("diagnosisDialog"));
    setWindowTitle(tr("Diagnosis of %1").arg(worker.name()));
    setModal(false);
    m_shape->setFixedWidth(theme::shapeSize + theme::unit);
    m_shape->setAlignment(Qt::AlignTop | Qt::AlignHCenter);
    m_conclusion->setObjectName(QStringLiteral("diagnosisConclusion"));
    m_conclusion->setWordWrap(true);
    m_conclusion->setTextFormat(Qt::PlainText);
    m_conclusion->setFont(theme::headingFont(font()));
    m_conclusion->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_conclusion->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_conclusion->setAccessibleName(tr("Conclusion"));
    m_status->setObjectName(QStringLiteral("diagnosisStatus"));
    m_view->setAccessibleName(tr("Diagnosis of %1").arg(worker.name()));

    const auto createButton = [this](const char *name, const char *icon, const QString &text, const QString &toolTip) {
        auto *button = new QPushButton(*icon ? theme::icon(QString::fromLatin1(icon), palette()) : QIcon(), text, this);
        button->setObjectName(QString::fromLatin1(name));
        button->setAccessibleName(QString(text).remove(QLatin1Char('&')));
        button->setToolTip(toolTip);
        button->setAutoDefault(false);
        return button;
    };
    m_copy = createButton("copyDiagnosisButton", "edit-copy", tr("&Copy"), tr("Copy the whole text"));
    m_refresh = createButton("refreshDiagnosisButton", "view-refresh", tr("&Refresh"), tr("Examine the worker again"));
    auto *close = createButton("closeDiagnosisButton", "", tr("C&lose"), {});
    m_copy->setDefault(true);

    auto *head = new QHBoxLayout;
    head->setSpacing(theme::inside);
    head->addWidget(m_shape);
    head->addWidget(m_conclusion, 1);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(theme::inside);
    buttons->addWidget(m_status, 1);
    buttons->addWidget(m_refresh);
    buttons->addWidget(m_copy);
    buttons->addWidget(close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::between, theme::between, theme::between);
    layout->setSpacing(theme::between);
    layout->addLayout(head);
    layout->addWidget(m_view, 1);
    layout->addLayout(buttons);
    setTabOrder(m_view, m_refresh);
    setTabOrder(m_refresh, m_copy);
    setTabOrder(m_copy, close);
    resize(m_view->sizeFor(112, 40));

    connect(m_copy, &QPushButton::clicked, this, &DiagnosisDialog::copy);
    connect(m_refresh, &QPushButton::clicked, this, &DiagnosisDialog::refresh);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    showHeader(worker, worker.name());
    m_copy->setEnabled(false);
    m_view->setFocus();
}

void DiagnosisDialog::refresh()
{
    m_refresh->setEnabled(false);
    m_status->setText(tr("Measuring…"));
    Q_EMIT refreshRequested();
}

void DiagnosisDialog::setDiagnosis(const Diagnosis &diagnosis)
{
    m_worker = diagnosis.request.worker;
    showHeader(m_worker, diagnosisConclusion(diagnosis));
    m_text = diagnosisReport(diagnosis);
    m_view->replaceText(diagnosisDetails(diagnosis)); // keeps the scroll position and the selection of the user
    m_copy->setEnabled(true);
    m_refresh->setEnabled(!diagnosis.isInProgress());
    if (!diagnosis.isInProgress())
        m_status->setText(tr("State at %1").arg(diagnosis.at.toLocalTime().toString(QStringLiteral("HH:mm:ss"))));
    else
        m_status->setText(diagnosis.measuring || diagnosis.visibility == ProcessVisibility::NotRead ? tr("Measuring…") : tr("Reading the stack…"));
}

void DiagnosisDialog::copy()
{
    QGuiApplication::clipboard()->setText(m_text);
    m_status->setText(tr("Copied"));
}

void DiagnosisDialog::showHeader(const WorkerInfo &worker, const QString &conclusion)
{
    const theme::StateAppearance appearance = theme::appearance(worker.state);
    m_shape->setPixmap(theme::shapePixmap(appearance.shape, appearance.hue, palette().color(QPalette::Window), theme::shapeSize, devicePixelRatio()));
    m_shape->setAccessibleName(appearance.text);
    m_conclusion->setText(conclusion);
}

void DiagnosisDialog::changeEvent(QEvent *event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_conclusion)
        showHeader(m_worker, m_conclusion->text());
}

} // namespace lifeguard
