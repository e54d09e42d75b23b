"""Made-up exports in the form that each system gives them."""

JANE = """\
id,location_name,start_at,end_at,patient_guid,patient_number,patient_first_name,\
patient_preferred_name,patient_last_name,treatment_name,staff_member_name,state,first_visit,\
chart_status,booked_at,arrived_at,booked_online,cancelled_at,cancelled_reason,notes_text,\
insurance_state
501,Harbour,2026-09-01 18:30:00 -0700,2026-09-01 19:30:00 -0700,20111-1350,1350,Tove,,Aldermoor,\
60 min Deep Tissue,Dana Quist,arrived,true,signed,2026-08-20 08:00:00 -0700,\
2026-09-01 18:25:00 -0700,true,,,prefers quiet,paid
502,Harbour,2026-09-02 08:30:00 -0700,2026-09-02 09:15:00 -0700,20111-77,77,Noor,,Dunmarsh,\
45 min Swedish,Eli Tarn,no_show,true,,2026-08-20 08:00:00 -0700,,false,,,,unpaid
503,Harbour,2026-09-03 08:30:00 -0700,2026-09-03 09:15:00 -0700,20111-77,77,Noor,,Dunmarsh,\
45 min Swedish,Eli Tarn,cancelled,false,,2026-08-20 08:00:00 -0700,,false,\
2026-09-02 08:00:00 -0700,ill,,unpaid
504,Harbour,2026-09-04 08:30:00 -0700,2026-09-04 09:15:00 -0700,20111-77,77,Noor,,Dunmarsh,\
45 min Swedish,Eli Tarn,arrived,false,signed,2026-08-20 08:00:00 -0700,\
2026-09-04 08:20:00 -0700,false,,,,paid
505,Harbour,2026-09-04 12:00:00 -0700,2026-09-04 13:00:00 -0700,,,,,,Lunch,Eli Tarn,never_booked,\
false,,,,false,,,,
506,Harbour,2026-09-05 08:30:00 -0700,2026-09-05 09:15:00 -0700,20111-78,78,Sten,,Fennimore,\
Hot stones,Eli Tarn,rescheduled,false,,2026-08-20 08:00:00 -0700,,false,,,,
507,Harbour,2026-09-06 08:30:00 -0700,2026-09-06 09:15:00 -0700,20111-78,78,Sten,,Fennimore,\
Hot stones,Eli Tarn,archived,false,,2026-08-20 08:00:00 -0700,,false,,,,
508,Harbour,2026-09-07 08:30:00 -0700,2026-09-07 09:15:00 -0700,20111-78,78,Sten,,Fennimore,\
Hot stones,Eli Tarn,booked,false,,2026-08-20 08:00:00 -0700,,false,,,,
"""

SIMPLEPRACTICE = """\
Date of Service,Client,Clinician,Billing Code,Rate Per Unit,Units,Total Fee,Progress Note Status,\
Client Payment Status,Charge,Uninvoiced,Paid,Unpaid
09/15/2026,Tove Aldermoor,Dana Quist,97124,40.00,2,80.00,Locked,Paid,80.00,0,80.00,0
09/15/2026,Tove Aldermoor,Dana Quist,97140,30.00,1,30.00,Locked,Paid,30.00,0,30.00,0
09/22/2026,Tove Aldermoor,Dana Quist,97124,40.00,2,80.00,Locked,Paid,80.00,0,80.00,0
09/22/2026,Noor Dunmarsh,Eli Tarn,97124,40.00,2,80.00,No note,Unpaid,80.00,0,0,80.00
"""

CLINICSENSE = """\
Appointment Report
Harbour Street Massage
From: 09/01/2026
To: 09/30/2026
Practitioner: All
Status: All

Date,Client,Practitioner,Primary Service,Reference Number,Payment Method,Amount
09/15/2026,Tove Aldermoor,Dana Quist,60 min Deep Tissue,A-100,Card,95.00
09/16/2026,Noor Dunmarsh,Dana Quist,Swedish [(Canceled)],A-101,,0.00
09/23/2026,Tove Aldermoor,Dana Quist,45 min Swedish,A-102,Card,80.00
Total,,,,,,175.00
"""

MICROSOFT = """\
ID,Start time,Completion time,Email,Name,Last modified time,Client number,\
How strong is your hip pain today? (0-10),What helped?
1,2026-09-15 08:00:10,2026-09-15 08:01:12,tove@example.org,Tove Aldermoor,,1350,4,Heat;Rest;
2,2026-09-16 09:00:10,2026-09-16 09:02:00,noor@example.org,Noor Dunmarsh,,77,6,Rest;
"""

GOOGLE = """\
Timestamp,Email Address,Client number,Pain today (0-10)
2026-09-15 08:01:12,tove@example.org,1350,4
2026-09-16 09:02:00,noor@example.org,77,6
"""

QUALTRICS = """\
StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,\
ResponseId,RecipientLastName,RecipientFirstName,RecipientEmail,ExternalReference,\
LocationLatitude,LocationLongitude,DistributionChannel,UserLanguage,Q1
Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,\
Recorded Date,Response ID,Recipient Last Name,Recipient First Name,Recipient Email,\
External Data Reference,Location Latitude,Location Longitude,Distribution Channel,\
User Language,Pain today (0-10)
"{""ImportId"":""startDate"",""timeZone"":""Z""}","{""ImportId"":""endDate""}",\
"{""ImportId"":""status""}","{""ImportId"":""ipAddress""}","{""ImportId"":""progress""}",\
"{""ImportId"":""duration""}","{""ImportId"":""finished""}","{""ImportId"":""recordedDate""}",\
"{""ImportId"":""_recordId""}","{""ImportId"":""recipientLastName""}",\
"{""ImportId"":""recipientFirstName""}","{""ImportId"":""recipientEmail""}",\
"{""ImportId"":""externalDataReference""}","{""ImportId"":""locationLatitude""}",\
"{""ImportId"":""locationLongitude""}","{""ImportId"":""distributionChannel""}",\
"{""ImportId"":""userLanguage""}","{""ImportId"":""QID1""}"
2026-09-14 10:00:00,2026-09-14 10:01:00,Survey Preview,203.0.113.9,100,60,True,\
2026-09-14 10:01:01,R_0,,,,1350,49.1,-123.1,preview,EN,9
2026-09-15 10:00:00,2026-09-15 10:01:00,IP Address,203.0.113.9,100,60,True,\
2026-09-15 10:01:01,R_1,Aldermoor,Tove,tove@example.org,1350,49.1,-123.1,email,EN,4
2026-09-16 10:00:00,2026-09-16 10:01:00,IP Address,203.0.113.8,100,60,True,\
2026-09-16 10:01:01,R_2,Dunmarsh,Noor,noor@example.org,77,49.1,-123.1,email,EN,6
"""

CASTOR = """\
record_id,institute,custom_name,parent,archived,survey_name,sent_on,visit_date,pain_before,\
pain_after
P-001,Harbour,,,0,Baseline,01-09-2026,15-09-2026,6,4
P-001,Harbour,,,0,Baseline,01-09-2026,22-09-2026,-99,3
P-002,Harbour,,,0,Baseline,01-09-2026,16-09-2026,5,-96
P-002,Harbour,,,0,Baseline,01-09-2026,01-01-2999,4,4
P-003,Harbour,,,1,Baseline,01-09-2026,17-09-2026,8,8
"""

EXPORTS = {
    "jane-appointments": JANE,
    "simplepractice-appointment-status": SIMPLEPRACTICE,
    "clinicsense-appointments": CLINICSENSE,
    "microsoft-forms": MICROSOFT,
    "google-forms": GOOGLE,
    "qualtrics": QUALTRICS,
    "castor": CASTOR,
}
