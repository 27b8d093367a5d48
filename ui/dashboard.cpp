// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dashboard.h"

#include "core/base/futurecallbacks.h"
#include "core/base/paths.h"
#include "ui/dashboardconfig.h"
#include "ui/dialogs/configconsentdialog.h"
#include "ui/dialogs/confirmationdialogs.h"
#include "ui/mainwindow.h"

#include <QApplication>
#include <QMessageBox>
#include <QSettings>
#include <QtConcurrent>

namespace lifeguard {

namespace {

DatabaseChoice databaseOf(const DashboardOptions &options)
{
    return {options.database, options.workspace, options.readOnly};
}

/// Returns the one name of the database, so that two names of one file are not taken for two databases.
QString databaseName(const QString &path)
{
    const QString canonical = canonicalPath(path);
    return canonical.isEmpty() ? path : canonical;
}

} // namespace

Dashboard::Dashboard(theme::Mode mode, QObject *parent) : QObject(parent), m_mode(mode) {}

Dashboard::~Dashboard() = default;

void Dashboard::start(const DashboardOptions &startOptions)
{
    DashboardOptions options = startOptions;
    options.database = databaseName(options.database);
    m_workerProgram = options.workerProgram;
    m_session = std::make_unique<DashboardSession>(options);
    connect(m_session.get(), &DashboardSession::opened, this,
            [this] { rememberDatabase(databaseOf(m_session->options())); });
    createWindow();
    m_window->show();
    m_session->open();
}

void Dashboard::createWindow()
{
    std::unique_ptr<MainWindow> previous = std::move(m_window);
    if (previous) {
        previous->saveLayout();
    }
    m_window = std::make_unique<MainWindow>(*m_session);
    m_window->setTheme(m_mode);
    connect(m_window.get(), &MainWindow::openRequested, this, &Dashboard::open);
    connect(m_window.get(), &MainWindow::themeRequested, this, &Dashboard::setTheme);
    connect(m_window.get(), &MainWindow::readyToSwitch, this, &Dashboard::switchToCandidate);
    if (previous) {
        m_window->show();
        previous->hide();
        previous.release()->deleteLater(); // not at once: the caller may be one of its slots
        Q_EMIT windowReplaced();
    }
}

void Dashboard::open(const DatabaseChoice &requested)
{
    DatabaseChoice choice = requested;
    choice.database = databaseName(choice.database);
    if (choice == databaseOf(m_session->options()) && !m_session->hasFailed()) {
        return;
    }
    if (m_window->isClosing()) {
        return; // another database is being opened already, or the program quits
    }
    DashboardOptions options;
    options.database = choice.database;
    options.workspace = choice.workspace;
    options.readOnly = choice.readOnly;
    options.workerProgram = m_workerProgram;
    options.allowNetworkFile = m_session->options().allowNetworkFile;
    options.outputRoots = m_session->options().outputRoots;
    // "Open again" must not create an empty database in place of one that was deleted.
    options.mustExist = m_session->isDatabaseReplaced() && choice.database == m_session->options().database;
    m_candidate.reset();
    m_window->setOpening(choice.database);
    // Another file than that of the start: --config and --profile belong to the database of the start.
    const bool isReopened = choice == databaseOf(m_session->options());
    const std::optional<RunningConfig> current = isReopened ? m_session->options().config : std::nullopt;
    const auto reading = QtConcurrent::run([choice, current]() -> std::optional<RunningConfig> {
        if (!current) {
            return findConfig({}, choice.workspace, configOptionsFor(choice.database, choice.workspace));
        }
        RunningConfig config = *current;
        config.selection = loadConfig(current->selection.found, config.options, config.trust);
        return config;
    });
    whenFinished(reading, this,
                 [this, options, isReopened,
                  opening = ++m_opening](const std::optional<RunningConfig> &config) mutable {
                     if (opening != m_opening || m_window->isClosing()) {
                         return; // another one is opened, or the program quits
                     }
                     if (config && !config->selection.result) {
                         reportConfigProblem(options, *config);
                     } else if (config && !config->selection.isAgreedTo) {
                         askForConsent(options, *config);
                         return;
                     } else if (config) {
                         useConfig(options, *config);
                     }
                     if (isReopened && !m_session->options().config) {
                         options.config.reset(); // the pools of the command line ran, or none
                     }
                     openCandidate(options);
                 });
}

void Dashboard::askForConsent(const DashboardOptions &options, RunningConfig config)
{
    QMessageBox *box = configConsentDialog(config.selection, m_window.get());
    connect(box, &QDialog::finished, this,
            [this, box, options = DashboardOptions(options), config = std::move(config),
             opening = m_opening]() mutable {
                if (opening != m_opening || m_window->isClosing()) {
                    return;
                }
                if (box->buttonRole(box->clickedButton()) == QMessageBox::AcceptRole) {
                    const ConfigSelection &selection = config.selection;
                    const Status remembered = config.trust.trust(selection.found.path, selection.content);
                    if (!remembered) {
                        m_window->showError(remembered.error());
                    }
                    config.selection.isAgreedTo = true;
                    useConfig(options, config);
                }
                openCandidate(options);
            });
    box->open();
}

void Dashboard::openCandidate(const DashboardOptions &options)
{
    m_candidate = std::make_unique<DashboardSession>(options);
    connect(m_candidate.get(), &DashboardSession::errorHappened, this,
            [this](const Error &error) { m_window->showError(error); });
    connect(m_candidate.get(), &DashboardSession::databaseReplaced, this,
            [this](const Error &error) { m_window->showError(error); });
    connect(m_candidate.get(), &DashboardSession::readinessChanged, this, &Dashboard::onCandidateReadinessChanged);
    m_candidate->prepare();
}

void Dashboard::onCandidateReadinessChanged()
{
    if (m_candidate->hasFailed()) {
        m_window->setOpening({});
        m_candidate.release()->deleteLater(); // not at once: it is emitting the signal
        return;
    }
    if (!m_candidate->isReady()) {
        return;
    }
    m_candidate->disconnect(this);
    m_window->setOpening({});
    if (!m_session->hasLiveWorkers()) {
        m_window->switchDatabase();
        return;
    }
    QMessageBox *box = switchConfirmation(m_session->manager()->workers(), m_session->control().pools(),
                                          m_candidate->options().database, m_window.get());
    connect(box, &QDialog::finished, this, [this, box] {
        if (!m_candidate || m_window->isClosing()) {
            return; // the program is quitting
        }
        if (box->buttonRole(box->clickedButton()) == QMessageBox::AcceptRole) {
            m_window->switchDatabase();
        } else {
            m_candidate.reset();
        }
    });
    box->open();
}

void Dashboard::switchToCandidate()
{
    std::unique_ptr<DashboardSession> previous = std::move(m_session);
    m_session = std::move(m_candidate);
    rememberDatabase(databaseOf(m_session->options()));
    createWindow();
    previous.release()->deleteLater(); // after its window, which was scheduled for deletion first
    m_session->begin();
    showKeysForNextStart();
}

/// Says which keys of the configuration file cannot be applied to a running program.
void Dashboard::showKeysForNextStart()
{
    const std::optional<RunningConfig> &config = m_session->options().config;
    const QStringList keys = config ? keysForNextStart(*config->selection.result) : QStringList();
    if (!keys.isEmpty()) {
        m_window->showNotice(tr("These keys of %1 are not applied until Lifeguard is started with this database: %2.")
                                 .arg(config->selection.found.path, keys.join(QStringLiteral(", "))));
    }
}

void Dashboard::setTheme(theme::Mode mode)
{
    if (mode == m_mode || m_window->isClosing()) {
        return;
    }
    m_mode = mode;
    QSettings().setValue(QStringLiteral("theme"), theme::toString(mode));
    theme::apply(*qApp, mode);
    createWindow();
}

void Dashboard::quitNow()
{
    ++m_opening;
    m_candidate.reset();
    m_window->quitNow();
}

} // namespace lifeguard
