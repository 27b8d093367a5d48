// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/containerdialog.h"

#include "ui/theme.h"
#include "ui/views/readingview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

namespace lifeguard {

ContainerDialog::ContainerDialog(const WorkerInfo &worker, QWidget *parent)
    : QDialog(parent)
    , m_executorId(worker.executorId)
    , m_view(new ReadingView(QStringLiteral("containerView"), this))
    , m_search(new QLineEdit(this))
    , m_status(new QLabel(this))
{
    setObjectName(QStringLiteral("containerDialog"));
    setWindowTitle(tr("Container of %1").arg(worker.name()));
    setModal(false);
    m_view->setAccessibleName(tr("What Docker knows of the container of %1").arg(worker.name()));
    m_search->setObjectName(QStringLiteral("containerSearch"));
    m_search->setAccessibleName(tr("Search in the text"));
    m_search->setPlaceholderText(tr("Search (Ctrl+F), next with Return"));
    m_search->setClearButtonEnabled(true);
    m_status->setObjectName(QStringLiteral("containerStatus"));
    m_status->setWordWrap(true);
    m_status->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    const auto button = [this](const char *name, const char *icon, const QString &text, const QString &tip) {
        auto *made = new QPushButton(*icon ? theme::icon(QString::fromLatin1(icon), palette()) : QIcon(), text, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setAccessibleName(QString(text).remove(QLatin1Char('&')));
        made->setToolTip(tip);
        made->setAutoDefault(false);
        return made;
    };
    m_again = button("inspectAgainButton", "view-refresh", tr("&Again"), tr("Ask Docker once more"));
    m_copy = button("copyContainerButton", "edit-copy", tr("&Copy"), tr("Copy the whole text"));
    auto *close = button("closeContainerButton", "", tr("C&lose"), {});

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(theme::inside);
    buttons->addWidget(m_status, 1);
    buttons->addWidget(m_again);
    buttons->addWidget(m_copy);
    buttons->addWidget(close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::between, theme::between, theme::between);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_search);
    layout->addWidget(m_view, 1);
    layout->addLayout(buttons);
    resize(m_view->sizeFor(100, 40));

    connect(m_again, &QPushButton::clicked, this, &ContainerDialog::begin);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_view->toPlainText());
        m_status->setText(tr("Copied"));
    });
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_search, &QLineEdit::returnPressed, this, &ContainerDialog::find);
    connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, m_search, [this] { m_search->setFocus(Qt::ShortcutFocusReason); });
    m_view->setFocus();
}

void ContainerDialog::begin()
{
    m_again->setEnabled(false);
    m_copy->setEnabled(!m_view->toPlainText().isEmpty());
    m_status->setText(tr("Asking Docker…"));
    Q_EMIT wanted();
}

void ContainerDialog::setAnswer(const Result<QString> &json)
{
    m_again->setEnabled(true);
    if (json) {
        m_view->replaceText(*json);
    }
    m_status->setText(json ? QString() : json.error().message);
    m_copy->setEnabled(!m_view->toPlainText().isEmpty());
}

/// The next place behind the cursor, else from the top.
void ContainerDialog::find()
{
    const QString word = m_search->text();
    if (word.isEmpty() || m_view->find(word)) {
        m_status->clear();
        return;
    }
    const QTextCursor before = m_view->textCursor();
    m_view->moveCursor(QTextCursor::Start);
    const bool isFound = m_view->find(word);
    if (!isFound) {
        m_view->setTextCursor(before);
    }
    m_status->setText(isFound ? tr("Found again from the top") : tr("'%1' is not in the text").arg(word));
}

} // namespace lifeguard
