// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/containerdialog.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/readonlytextview.h"

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
    , m_view(new ReadOnlyTextView(QStringLiteral("containerView"), this))
    , m_search(new QLineEdit(this))
    , m_status(new QLabel(this))
{
    setObjectName(QStringLiteral("containerDialog"));
    setWindowTitle(tr("Container of %1").arg(worker.name()));
    setModal(false);
    m_view->setAccessibleName(tr("Container of %1 as JSON").arg(worker.name()));
    m_search->setObjectName(QStringLiteral("containerSearch"));
    m_search->setAccessibleName(tr("Search the text"));
    m_search->setPlaceholderText(tr("Search (Ctrl+F, Return for the next match)"));
    m_search->setClearButtonEnabled(true);
    m_status->setObjectName(QStringLiteral("containerStatus"));
    m_status->setWordWrap(true);
    m_status->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    const auto createButton = [this](const char *name, const char *icon, const QString &text, const QString &toolTip) {
        auto *button = new QPushButton(*icon ? theme::icon(QString::fromLatin1(icon), palette()) : QIcon(), text, this);
        button->setObjectName(QString::fromLatin1(name));
        button->setAccessibleName(QString(text).remove(QLatin1Char('&')));
        button->setToolTip(toolTip);
        button->setAutoDefault(false);
        return button;
    };
    m_refresh = createButton("refreshContainerButton", "view-refresh", tr("&Refresh"), tr("Read the data from Docker again"));
    m_copy = createButton("copyContainerButton", "edit-copy", tr("&Copy"), tr("Copy the whole text"));
    auto *close = createButton("closeContainerButton", "", tr("C&lose"), {});

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(theme::inside);
    buttons->addWidget(m_status, 1);
    buttons->addWidget(m_refresh);
    buttons->addWidget(m_copy);
    buttons->addWidget(close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::between, theme::between, theme::between);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_search);
    layout->addWidget(m_view, 1);
    layout->addLayout(buttons);
    resize(m_view->sizeFor(100, 40));

    connect(m_refresh, &QPushButton::clicked, this, &ContainerDialog::refresh);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_view->toPlainText());
        m_status->setText(tr("Copied"));
    });
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_search, &QLineEdit::returnPressed, this, &ContainerDialog::findNext);
    connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, m_search, [this] { m_search->setFocus(Qt::ShortcutFocusReason); });
    m_view->setFocus();
}

void ContainerDialog::refresh()
{
    m_refresh->setEnabled(false);
    m_copy->setEnabled(!m_view->toPlainText().isEmpty());
    m_status->setText(tr("Loading…"));
    Q_EMIT refreshRequested();
}

void ContainerDialog::setContent(const Result<QString> &json)
{
    m_refresh->setEnabled(true);
    if (json) {
        m_view->replaceText(*json);
    }
    m_status->setText(json ? QString() : json.error().message);
    m_copy->setEnabled(!m_view->toPlainText().isEmpty());
}

void ContainerDialog::findNext()
{
    const QString word = m_search->text();
    if (word.isEmpty() || m_view->find(word)) {
        m_status->clear();
        return;
    }
    const QTextCursor previous = m_view->textCursor();
    m_view->moveCursor(QTextCursor::Start);
    const bool isFound = m_view->find(word);
    if (!isFound) {
        m_view->setTextCursor(previous);
    }
    m_status->setText(isFound ? tr("Continued from the top") : tr("'%1' was not found.").arg(word));
}

} // namespace lifeguard
