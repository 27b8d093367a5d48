// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTranslator>

namespace lifeguard {

/// Resolves "(s)" and "(es)" in untranslated texts with a number: tr("%n job(s)", nullptr, n) becomes "1 job" or "2 jobs". Qt does that
/// only with a translation file for English, which needs lrelease at build time; this rule covers all texts of the program. Install it
/// in each main(). Translators that are installed later take precedence.
class EnglishPluralTranslator : public QTranslator
{
    Q_OBJECT

public:
    using QTranslator::QTranslator;

    /// Returns the source text with each "(s)" and "(es)" removed if n is 1, otherwise with the parentheses removed. Returns a null string
    /// for texts without these endings or without a number (n < 0), so that Qt uses the source text. Thread-safe.
    [[nodiscard]] QString translate(const char *context, const char *sourceText, const char *disambiguation = nullptr,
                                    int n = -1) const override;
    [[nodiscard]] bool isEmpty() const override { return false; }
};

} // namespace lifeguard
