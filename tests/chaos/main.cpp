// SPDX-License-Identifier: GPL-3.0-or-later
// Runs jobs in real pools while faults are injected: workers, tools and managers are killed and stopped, the database
// is locked, deleted and replaced, the disk is filled. Then checks from outside the managers that no job was lost, none
// was completed twice, and nothing is left.
#include "tests/chaos/chaosrun.h"
#include "tests/chaos/options.h"

#include <QCoreApplication>

#include <cstdio>

#include <sys/prctl.h>
#include <sys/resource.h>

int main(int argc, char **argv)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1); // adopts the workers of killed managers, as a service manager does
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none); // crashed workers would leave core dumps in the workspace
    QCoreApplication app(argc, argv);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const std::optional<lifeguard::chaos::Options> options = lifeguard::chaos::Options::read(app);
    if (!options)
        return 2;
    lifeguard::chaos::ChaosRun run(*options);
    if (!run.create())
        return 2;
    run.injectFaults();
    run.finishJobs();
    return run.report() ? 0 : 1;
}
