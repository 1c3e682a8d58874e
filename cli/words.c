/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub speaks in stable words ("ready", "unknown", "severe"); people read their own language.
 */
#include "base/json.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

/* Every word the hub may show, so that the catalogue has them all. */
static const char *const words[] = {
	/* status, action */
	N_("actual"),
	N_("exercise"),
	N_("test"),
	N_("issue"),
	N_("update"),
	N_("correct"),
	N_("release"),
	N_("cancel"),
	N_("info"),
	/* severity */
	N_("extreme"),
	N_("severe"),
	N_("moderate"),
	N_("minor"),
	N_("unknown"),
	/* event */
	N_("issued"),
	N_("raised"),
	N_("lowered"),
	N_("added"),
	N_("released"),
	/* arrival */
	N_("expected"),
	N_("imminent"),
	N_("presumed"),
	N_("observed"),
	N_("cancelled"),
	N_("corrected"),
	/* transition */
	N_("continued"),
	/* delivery */
	N_("ready"),
	N_("held"),
	N_("done"),
	N_("expired"),
	N_("quarantined"),
	N_("waiting"),
	N_("failed"),
	N_("delivered"),
	N_("confirmed"),
	N_("transient"),
	N_("permanent"),
	N_("refused"),
	N_("accepted"),
	/* health */
	N_("ok"),
	N_("degraded"),
	N_("down"),
	/* alarms; others are above */
	N_("feed-silent"),
	N_("eew-silent"),
	N_("source-down"),
	N_("ingest-away"),
	N_("certificates"),
	N_("channel-paused"),
	N_("channel-fault"),
	N_("store"),
	N_("disk-low"),
	N_("check"),
	N_("mail-unknown"),
	N_("set-aside"),
	N_("over-cap"),
	N_("clock"),
	/* reasons of the rules */
	N_("a change for us goes out"),
	N_("a change for us, but no rule sends it"),
	N_("cancelled or replaced before it came"),
	N_("cancels what is not in force here"),
	N_("carries nothing for residents"),
	N_("names neither a kind nor an area, which its type always does: staff must read it"),
	N_("concerns us, but changes nothing"),
	N_("no area of ours"),
	N_("not for the public: staff decide what to do with it"),
	N_("something newer is known already"),
	N_("status test: logged, reaches nobody"),
	N_("it had expired before it arrived"),
	N_("it speaks of a test or a drill under an actual status"),
	N_("nobody was told what it ends: that waits for staff"),
	/* hazards */
	N_("eew"),
	N_("eew.forecast"),
	N_("earthquake"),
	N_("tsunami"),
	N_("volcano"),
	N_("weather.rain"),
	N_("weather.landslide"),
	N_("weather.storm_surge"),
	N_("weather.storm"),
	N_("weather.snowstorm"),
	N_("weather.waves"),
	N_("weather.snow"),
	N_("weather.advisory_other"),
	N_("weather.record_rain"),
	N_("weather.rainband"),
	N_("weather.heavy_snow_flash"),
	N_("weather.tornado"),
	N_("weather.heat"),
	N_("flood.river"),
	N_("nankai"),
	N_("hokkaido"),
	N_("evacuation"),
	N_("civil.missile"),
	N_("civil.air_attack"),
	N_("civil.guerrilla"),
	N_("civil.terror"),
	N_("civil.other"),
	N_("sensor.rain"),
	N_("sensor.river_level"),
	/* verdict */
	N_("acted"),
	N_("no-change"),
	N_("not-ours"),
	N_("no-rule"),
	N_("old"),
	N_("nothing"),
	/* why */
	N_("status test: logged, reaches nobody"),
	N_("not for the public: staff decide what to do with it"),
	N_("carries nothing for residents"),
	N_("names neither a kind nor an area, which its type always does: staff must read it"),
	N_("a change for us goes out"),
	N_("a change for us, but no rule sends it"),
	N_("something newer is known already"),
	N_("concerns us, but changes nothing"),
	N_("cancels what is not in force here"),
	N_("no area of ours"),
	N_("cancelled or replaced before it came"),
};

const char *cli_word(const char *word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], word) == 0) {
			return _(word);
		}
	}
	return word;
}

const char *cli_delivery_state(const json_t *delivery)
{
	const char *state = json_text(delivery, "state", "");
	bool unsure = json_int(delivery, "unknown", 0) > 0;
	/* Nothing is left to try, but somebody has to find out what became of these. */
	return unsure && strcmp(state, "done") == 0 ? _("staff must resolve") : cli_word(state);
}

const char *cli_time(const char *rfc3339, char out[32])
{
	if (strlen(rfc3339) < 19) {
		(void)snprintf(out, 32, "-");
	} else {
		(void)snprintf(out, 32, "%.5s %.8s", rfc3339 + 5, rfc3339 + 11);
	}
	return out;
}
