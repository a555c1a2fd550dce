import { registry } from "@web/core/registry";
import { calendarView } from "@web/views/calendar/calendar_view";

/** A calendar of touches: the style sheet beside it leaves those of today as readable as the others. */
registry.category("views").add("touch_calendar", calendarView);
