/* Why: the one place that knows every room's record types and what one room asks of another. */
#include "absorb/absorb.h"
#include "cli/cli.h"
#include "face/face.h"
#include "people/people.h"
#include "people/twin.h"
#include "sense/outlet.h"
#include "report/export.h"
#include "sense/clue.h"
#include "sense/learn.h"
#include "sense/phrase.h"
#include "sense/warning.h"

const struct rtype *const all_types[] = {
	&clue_type, &call_type, &warning_type, &tie_type, &case_type, &party_type, &session_type, &agreement_type, &duty_type, &visit_type, &assessment_type, &safetyplan_type, &letter_type, &order_type, &stay_type, &evidence_type, &mandatory_type,
	&counsel_type, &counsellor_type, &talk_type, &consult_type, &petition_type, &guidance_type, &lesson_type, &joint_type, &joint_part_type, &custody_type, &message_type, &document_type, &clue_document_type, &team_type, &glass_type, &vault_type,
	&opening_type, &correction_type, &conflict_type, &export_type, &household_type, &person_type, &mediator_type, &studio_type, &grid_type, &org_type,
	&staff_type, &kin_type,
	&room_type, &leave_type, &training_type, &avoid_type, &certificate_type, &holiday_list_type, &handover_type, &supervision_type, &booking_type, &feed_type,
	&referral_type, &commission_type, &signature_type, &issued_type, &office_paper_type, &office_scan_type, &twin_type, &outlet_type, &post_type, &model_type, &phrase_type, NULL,
};

enum err app_wire(struct app *app, struct arena *a, struct fault *f)
{
	(void)a, (void)f;
	app->org_above = people_org_above;
	app->org_level = people_org_level;
	app->triage = sense_judge_new();
	return face_open(app);
}

void app_unwire(struct app *app)
{
	face_close(app);
	sense_judge_free(app->triage);
	app->triage = NULL;
}
